"""The founding document's cost calculator. Pure, exact, in yuan.

    unit cost = hourly wage × minutes per order ÷ 60 + rework cost × error rate + monthly system fee ÷ orders a month

The document prints ¥6.22 and ¥3.74 beside its two examples; its own formula gives ¥5.64 and ¥2.75.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT, FINE = Decimal("0.01"), Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class UnitCost:
    """Yuan per order, unrounded."""

    labour: Decimal
    rework: Decimal
    system: Decimal

    @property
    def total(self) -> Decimal:
        return self.labour + self.rework + self.system


@dataclass(frozen=True, slots=True)
class Example:
    """One of the document's examples: what it puts in, and the result it prints."""

    hourly: Decimal
    minutes: Decimal
    rework: Decimal
    error_rate: Decimal
    fee: Decimal
    orders: int
    printed: Decimal


BY_HAND = Example(Decimal(28), Decimal(12), Decimal(18), Decimal("0.0022"), Decimal(0), 1, Decimal("6.22"))
AUTOMATED = Example(Decimal(28), Decimal(5), Decimal(18), Decimal("0.0007"), Decimal(80_000), 200_000, Decimal("3.74"))


def unit_cost(
    hourly: Decimal, minutes: Decimal, rework: Decimal, error_rate: Decimal, fee: Decimal, orders: int
) -> UnitCost:
    """Yuan per order. `hourly` ¥/h, `minutes` of work per order, `rework` ¥ per error, `error_rate` errors per order,
    `fee` ¥ a month, `orders` a month. Raises ValueError for a negative figure or no orders."""
    if min(hourly, minutes, rework, error_rate, fee) < 0:
        raise ValueError("no figure may be negative")
    if orders <= 0:
        raise ValueError("there must be at least one order")
    return UnitCost(hourly * minutes / 60, rework * error_rate, fee / orders)


def rounded(value: Decimal, step: Decimal = CENT) -> Decimal:
    """Half up to `step`, as people round prices."""
    return value.quantize(step, rounding=ROUND_HALF_UP)
