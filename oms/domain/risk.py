"""What a risk rule may know of an order. Pure: the order itself, and what others counted around it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.domain.rules import Area
from core.money import exponent
from oms.domain.order import Order, Row

# By what orders of one person are told; each is a blind-index column `<trait>_key` of the order.
TRAITS = ("phone", "buyer", "receiver", "address", "ip", "device")
WINDOWS: Mapping[str, timedelta] = {"_1h": timedelta(hours=1), "": timedelta(hours=24), "_7d": timedelta(days=7)}
LONGEST = max(WINDOWS.values())
SAME_GOODS_WINDOW = WINDOWS[""]
# Counts stop here: whoever ordered a thousand times in a week is found by any ceiling, and counting on costs seconds.
COUNT_CAP = 1000
# Traits whose different buyers in seven days are counted.
SHARED = ("phone", "address")


@dataclass(frozen=True, slots=True)
class Price:
    """What a unit of a SKU should bring at least, and what it costs, in fen; 0 where nobody has said."""

    floor_fen: int
    cost_fen: int


@dataclass(slots=True)
class Around:
    """What other rows say of one order. `counts` by field name; a field is absent when nobody counted it."""

    counts: Mapping[str, int] = field(default_factory=dict)
    prices: Mapping[int, Price] = field(default_factory=dict)
    same_goods: int | None = None
    whitelisted: bool = False


Getter = Callable[[Order, Around], Any]


def _lines(order: Order) -> Iterator[Row]:
    """What is bought, without the parents of bundles whose parts are lines of their own."""
    parents = {line["parent_line_id"] for line in order.lines.values()} - {""}
    return (line for line in order.lines.values() if line["qty"] and line["line_id"] not in parents)


def _hundredths(minor: int, currency: str) -> int:
    """In 1/100 of the currency's main unit, so that one ceiling means the same in yen and in dinars."""
    return minor * 100 // 10 ** exponent(currency)


def _total(order: Order) -> int:
    header = order.header
    return sum(line["net_minor"] for line in order.lines.values()) + header["freight_minor"]


def _amount(order: Order, around: Around) -> int:
    paid = order.header["paid_minor"]
    return _hundredths(_total(order) if paid is None else paid, order.header["currency"])


def _unpaid(order: Order, around: Around) -> int:
    adjustments = sum((order.header["adjustments"] or {}).values())
    owed = _total(order) + adjustments - (order.header["paid_minor"] or 0)
    return max(_hundredths(owed, order.header["currency"]), 0)


def _most_of_one(order: Order, around: Around) -> int:
    units: dict[Any, int] = {}
    for line in _lines(order):
        thing = line["sku_id"] or line["platform_sku"] or line["listing_id"]
        units[thing] = units.get(thing, 0) + line["qty"]
    return max(units.values(), default=0)


def _short_of(order: Order, limits: Iterable[tuple[Row, int]]) -> int | None:
    """By how many fen per unit the worst line is below its limit. None in another currency: limits are in fen. Given
    away is not sold too cheap: `free_units` is for that."""
    if order.header["currency"] != "CNY":
        return None
    return max((limit - line["net_minor"] // line["qty"] for line, limit in limits if line["net_minor"] > 0), default=0)


def _under(price: Callable[[Price], int]) -> Getter:
    def short(order: Order, around: Around) -> int | None:
        sold = [line for line in order.lines.values() if line["qty"] and line["sku_id"] in around.prices]
        limits = [(line, price(around.prices[line["sku_id"]])) for line in sold]
        found = _short_of(order, [(line, limit) for line, limit in limits if limit])
        return None if found is None else max(found, 0)

    return short


def _free_units(order: Order, around: Around) -> int:
    return sum(line["qty"] for line in _lines(order) if not line["net_minor"])


def _header(column: str) -> Getter:
    return lambda order, around: order.header[column]


def _known(column: str) -> Getter:
    """An empty text is not known: it matches nothing."""
    return lambda order, around: order.header[column] or None


def _count(name: str) -> Getter:
    return lambda order, around: around.counts.get(name)


def _note(order: Order, around: Around) -> str:
    return f"{order.header['buyer_note']} {order.header['seller_note']}"


VELOCITY: Mapping[str, tuple[str, timedelta]] = {
    f"orders_same_{trait}{suffix}": (trait, window) for trait in TRAITS for suffix, window in WINDOWS.items()
}
BUYERS: Mapping[str, str] = {f"buyers_same_{trait}": trait for trait in SHARED}
PRICED = frozenset({"under_floor_fen", "under_cost_fen"})

FACTS: Mapping[str, tuple[type, Getter]] = {
    "amount_minor": (int, _amount),
    "unpaid_minor": (int, _unpaid),
    "under_floor_fen": (int, _under(lambda price: price.floor_fen)),
    "under_cost_fen": (int, _under(lambda price: price.cost_fen)),
    "units": (int, lambda order, around: sum(line["qty"] for line in _lines(order))),
    "lines": (int, lambda order, around: sum(1 for _line in _lines(order))),
    "most_of_one": (int, _most_of_one),
    "free_units": (int, _free_units),
    "same_goods": (int, lambda order, around: around.same_goods),
    **{name: (int, _count(name)) for name in (*VELOCITY, *BUYERS)},
    "area": (Area, _known("district_code")),
    "province": (str, _known("province")),
    "city": (str, _known("city")),
    "masked": (bool, _header("receiver_is_masked")),
    "platform": (str, _header("platform")),
    "shop": (int, _header("shop_id")),
    "currency": (str, _header("currency")),
    "cod": (bool, _header("cod")),
    "note": (str, _note),
    "seller_flag": (int, _header("seller_flag")),
    "whitelisted": (bool, lambda order, around: around.whitelisted),
}


def facts_of(order: Order, around: Around, fields: Iterable[str]) -> dict[str, Any]:
    """The facts that are asked for, and no others."""
    return {name: FACTS[name][1](order, around) for name in fields if name in FACTS}
