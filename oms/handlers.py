"""What orders listen to, what may be asked of them in rules, and what the sweeper watches."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core import vocabulary
from core.models import Event
from core.subscriptions import subscribe
from core.sweeper import watch
from core.web import nav
from core.web.paging import capped_count
from oms.choices import HOLD_REASON
from oms.selectors.orders import open_holds
from oms.services import risk
from oms.services.address_rules import ANSWERED, WITHDRAWN
from oms.services.matching import KNOWN_NOW
from oms.services.wake import wake


def on_stock_arrived(events: Sequence[Event]) -> None:
    wake({sku_id for event in events for sku_id in event.payload["sku_ids"]})


subscribe("oms.backorders", ["inventory.stock_arrived"], local=on_stock_arrived)

watch("oms.tasks.allocate", "SELECT 1 FROM oms_order WHERE allocatable")
watch("oms.tasks.settle_addresses", f"SELECT 1 {ANSWERED} UNION ALL SELECT 1 {WITHDRAWN}")
watch("oms.tasks.rematch", f"SELECT 1 {KNOWN_NOW}")
watch(
    "oms.tasks.expire_reservations",
    "SELECT 1 FROM inventory_reservation WHERE state = 'pending' AND expires_at < now()",
)

vocabulary.register(
    vocabulary.RuleKind(
        kind="risk",
        label=_("Risk"),
        facts=risk.FACTS,
        labels={
            "amount_minor": _("order amount (fen)"),
            "currency": _("currency"),
            "platform": _("platform"),
            "units": _("pieces"),
            "lines": _("lines"),
            "province": _("province"),
            "city": _("city"),
            "district_code": _("division code"),
            "cod": _("cash on delivery"),
            "note": _("buyer's or seller's note"),
            "orders_same_phone": _("orders of the same phone in 24 hours"),
            "orders_same_buyer": _("orders of the same buyer in 24 hours"),
            "orders_same_receiver": _("orders to the same receiver in 24 hours"),
        },
        actions={"hold": dict(HOLD_REASON)},
    )
)
vocabulary.register(
    vocabulary.RuleKind(
        kind="routing",
        label=_("Routing"),
        facts={},
        labels={},
        actions={
            "max_parcels": _("most parcels per order"),
            "split_fen": _("cost of one more parcel (fen)"),
            "priority_fen": _("cost per step of shop priority (fen)"),
            "late_hour_fen": _("cost per hour beyond the promise (fen)"),
            "promise_hours": _("promised hours to delivery"),
        },
    )
)
nav.add(20, _("Orders"), "oms:orders", "clipboard-list", "orders_view")


def held(user: nav.User) -> int:
    return capped_count(open_holds(user), nav.BADGE_CAP)


nav.add(30, _("Exceptions"), "oms:exceptions", "alert-triangle", "orders_view", badge=held)
nav.add(32, _("Unmatched products"), "oms:products", "tag", "listings_match")
