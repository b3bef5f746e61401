"""Who gets what when there is not enough. Pure: the reference that the database code must equal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

StockKey = tuple[int, int]  # (sku id, warehouse id)


@dataclass(frozen=True, slots=True)
class Demand:
    """`qty` units wanted of one stock row for `ref` (a sub-order line); demands of one `group` (a sub-order) are
    met together or not at all. `qty` is at least 1."""

    ref: int
    group: int
    sku_id: int
    warehouse_id: int
    qty: int

    @property
    def key(self) -> StockKey:
        return (self.sku_id, self.warehouse_id)


@dataclass(frozen=True, slots=True)
class Shortage:
    """Why a group was refused: the first stock row that could not give what the group wants of it."""

    key: StockKey
    wanted: int
    available: int


def by_group(demands: Iterable[Demand]) -> dict[int, list[Demand]]:
    """Groups in order of first appearance: that order is the queue."""
    groups: dict[int, list[Demand]] = {}
    for demand in demands:
        groups.setdefault(demand.group, []).append(demand)
    return groups


def allocate(
    groups: Mapping[int, Sequence[Demand]], available: Mapping[StockKey, int]
) -> tuple[set[int], dict[int, Shortage], dict[StockKey, int]]:
    """First come, first served, each group all or nothing.

    Returns the granted groups, the first shortage of each refused one, and the units taken per stock row. A refused
    group takes nothing, so a later, smaller one may still be served.
    """
    left = dict(available)
    taken: dict[StockKey, int] = {}
    granted: set[int] = set()
    refused: dict[int, Shortage] = {}
    for group, demands in groups.items():
        wanted: dict[StockKey, int] = {}
        for demand in demands:
            wanted[demand.key] = wanted.get(demand.key, 0) + demand.qty
        short = next((key for key, qty in wanted.items() if left.get(key, 0) < qty), None)
        if short is not None:
            refused[group] = Shortage(short, wanted[short], left.get(short, 0))
            continue
        granted.add(group)
        for key, qty in wanted.items():
            left[key] -= qty
            taken[key] = taken.get(key, 0) + qty
    return granted, refused, taken
