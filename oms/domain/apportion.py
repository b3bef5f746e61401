"""Money of an order's lines over its sub-orders, to the fen. Pure."""

from collections.abc import Mapping, Sequence

from core.money import split
from oms.domain.order import Order, Row
from oms.domain.status import GONE, SubOrderStatus


def line_shares(net_minor: int, units: Sequence[int], rest_units: int) -> list[int]:
    """`net_minor` of a line over shares of `units`; what belongs to `rest_units` not yet placed is left out."""
    return split(net_minor, [*units, rest_units])[: len(units)] if units else []


def component_shares(net_minor: int, parts: Sequence[tuple[int, int]], costs: Mapping[int, int]) -> list[int]:
    """A bundle's share over its components `(sku id, qty)`, by what they cost; by pieces when no cost is known."""
    weights = [costs.get(sku, 0) * qty for sku, qty in parts]
    return split(net_minor, weights if any(weights) else [qty for _sku, qty in parts])


def renewed_nets(order: Order, rest: Mapping[int, int]) -> dict[int, int]:
    """Net amounts (by sub-order line id) that open sub-orders should carry after their order's lines changed.

    What has shipped keeps its amount; the remainder of each line is split over its open shares and `rest`, the units
    not placed yet. Components of one bundle share keep their proportions.
    """
    nets: dict[int, int] = {}
    for no, line in order.lines.items():
        open_groups, gone = _groups(order, no)
        remaining = line["net_minor"] - gone
        shares = line_shares(remaining, [group[0]["line_units"] for group in open_groups], rest.get(no, 0))
        for group, share in zip(open_groups, shares, strict=True):
            weights = [max(row["net_minor"], 0) for row in group]
            nets.update({row["id"]: part for row, part in zip(group, split(share, weights), strict=True)})
    return nets


def _groups(order: Order, line_no: int) -> tuple[list[list[Row]], int]:
    groups, gone = [], 0
    for key in sorted(order.suborders):
        suborder = order.suborders[key]
        rows = [row for row in suborder["lines"].values() if row["line_no"] == line_no and row["line_units"]]
        if not rows or suborder["status"] == SubOrderStatus.CANCELLED:
            continue
        if suborder["status"] in GONE:
            gone += sum(row["net_minor"] for row in rows)
        else:
            groups.append(rows)
    return groups, gone
