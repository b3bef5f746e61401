"""What may be asked of orders in rules, and what people call it."""

from collections.abc import Iterable
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from catalog.models import Shop
from core.vocabulary import Action, Field, RuleKind
from oms.choices import HOLD_REASON
from oms.domain.address import standardise
from oms.domain.address.table import table
from oms.domain.risk import BUYERS, FACTS
from oms.domain.status import RISK

_MONEY, _GOODS, _PEOPLE = _("Amounts"), _("Goods"), _("The same person")
_PLACE, _ORDER = _("Where to"), _("The order")
_COUNTED = {
    "phone": _("orders of the same phone"),
    "buyer": _("orders of the same buyer"),
    "receiver": _("orders to the same receiver"),
    "address": _("orders to the same address"),
    "ip": _("orders from the same IP address"),
    "device": _("orders from the same device"),
}
_WITHIN = {"_1h": _("in 1 hour"), "": _("in 24 hours"), "_7d": _("in 7 days")}
_SHARED = {
    "phone": _("different buyers with the same phone in 7 days"),
    "address": _("different buyers at the same address in 7 days"),
}
_ORDERS, _PIECES, _YUAN = pgettext_lazy("unit", "orders"), pgettext_lazy("unit", "pieces"), _("yuan")


def _platforms() -> Iterable[tuple[Any, Any]]:
    return [(name, name) for name in Shop.objects.order_by("platform").values_list("platform", flat=True).distinct()]


def _shops() -> Iterable[tuple[Any, Any]]:
    return Shop.objects.order_by("name").values_list("id", "name")


def _currencies() -> Iterable[tuple[Any, Any]]:
    return [(code, code) for code in Shop.objects.order_by("currency").values_list("currency", flat=True).distinct()]


def _holds() -> Iterable[tuple[Any, Any]]:
    names = dict(HOLD_REASON)
    return [(reason.value, names[reason]) for reason in RISK]


def _area_read(text: str) -> str:
    """A place by name or code, as the digits that all codes below it begin with."""
    if text.isdigit():
        code = text if len(text) == 6 else f"{text:0<6}"
    else:
        address = standardise(province="", city="", district="", town="", detail=text)
        code = address.code if "ambiguous" not in address.reasons else ""
    if code not in table().places:
        raise ValueError(text)
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def _area_show(code: str) -> str:
    if f"{code:0<6}" not in table().places:
        return code
    place = table().place(f"{code:0<6}")
    return "".join(dict.fromkeys((place.province, place.city, place.district)))


def _field(name: str, label: Any, group: Any, unit: Any = "", **more: Any) -> Field:
    return Field(label, FACTS[name][0], group, unit, **more)


def _money(name: str, label: Any) -> Field:
    return _field(name, label, _MONEY, _YUAN, money=True)


FIELDS = {
    "amount_minor": _money("amount_minor", _("order amount")),
    "unpaid_minor": _money("unpaid_minor", _("not paid yet")),
    "under_floor_fen": _money("under_floor_fen", _("per piece below the lowest price")),
    "under_cost_fen": _money("under_cost_fen", _("per piece below cost")),
    "units": _field("units", _("pieces in the order"), _GOODS, _PIECES),
    "most_of_one": _field("most_of_one", _("pieces of one product"), _GOODS, _PIECES),
    "lines": _field("lines", _("different products"), _GOODS),
    "free_units": _field("free_units", _("pieces for nothing"), _GOODS, _PIECES),
    "same_goods": _field("same_goods", _("other orders of the same goods in 24 hours"), _PEOPLE, _ORDERS),
    **{
        f"orders_same_{trait}{suffix}": _field(
            f"orders_same_{trait}{suffix}", format_lazy("{} {}", counted, within), _PEOPLE, _ORDERS
        )
        for trait, counted in _COUNTED.items()
        for suffix, within in _WITHIN.items()
    },
    **{name: _field(name, _SHARED[trait], _PEOPLE) for name, trait in BUYERS.items()},
    "whitelisted": _field("whitelisted", _("on the whitelist"), _PEOPLE),
    "area": _field("area", _("area"), _PLACE, read=_area_read, show=_area_show),
    "province": _field("province", _("province"), _PLACE),
    "city": _field("city", _("city"), _PLACE),
    "masked": _field("masked", _("receiver masked by the platform"), _PLACE),
    "note": _field("note", _("buyer's or seller's note"), _ORDER),
    "seller_flag": _field("seller_flag", _("seller's flag"), _ORDER),
    "platform": _field("platform", _("platform"), _ORDER, choices=_platforms),
    "shop": _field("shop", _("shop"), _ORDER, choices=_shops),
    "currency": _field("currency", _("currency"), _ORDER, choices=_currencies),
    "cod": _field("cod", _("cash on delivery"), _ORDER),
}

RISK_RULES = RuleKind(
    kind="risk",
    label=_("Risk"),
    fields=FIELDS,
    actions={"hold": Action(_("hold as"), _holds)},
    shadows=True,
    bell="oms.tasks.rescreen",
)
ROUTING_RULES = RuleKind(
    kind="routing",
    label=_("Routing"),
    fields={},
    actions={
        "max_parcels": Action(_("most parcels per order")),
        "split_fen": Action(_("cost of one more parcel (fen)")),
        "priority_fen": Action(_("cost per step of shop priority (fen)")),
        "late_hour_fen": Action(_("cost per hour beyond the promise (fen)")),
        "promise_hours": Action(_("promised hours to delivery")),
    },
)


def _outcomes() -> Iterable[tuple[Any, Any]]:
    return [("auto", _("merge by itself")), ("propose", _("propose it to a person")), ("never", _("leave them apart"))]


_TOGETHER = _("What would leave together")
MERGE_RULES = RuleKind(
    kind="merge",
    label=_("Merging"),
    fields={
        "orders": Field(_("orders"), int, _TOGETHER),
        "shops": Field(_("different shops"), int, _TOGETHER),
        "shop": Field(_("shop of them all"), int, _TOGETHER, choices=_shops),
        "platform": Field(_("platform of them all"), str, _TOGETHER, choices=_platforms),
        "warehouses": Field(_("warehouses that their goods lie in"), int, _TOGETHER),
        "pieces": Field(_("pieces together"), int, _TOGETHER, _PIECES),
        "weight_g": Field(_("weight together"), int, _TOGETHER, "g"),
        "amount_minor": Field(_("paid together"), int, _TOGETHER, _YUAN, money=True),
        "oldest_minutes": Field(_("minutes since the oldest was paid"), int, _TOGETHER),
        "masked": Field(_("receiver masked by the platform"), bool, _TOGETHER),
        "noted": Field(_("one has a note"), bool, _TOGETHER),
    },
    actions={"merge": Action(_("then"), _outcomes)},
    first_match=True,
)
