"""How far the goods of a ticket have got."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from aftersales.domain.resolution import GONE, HERE, Stage, stage_of
from aftersales.domain.ticket import Row, Ticket
from oms.domain.order import Order, outstanding
from oms.domain.status import SubOrderStatus
from oms.rows import stored_orders


@dataclass(frozen=True, slots=True)
class Situation:
    """`units` are the order lines the ticket is about (line_no → units); `whole` that these are all there is."""

    stage: Stage
    some_here: bool = False
    order: Order | None = None
    units: dict[int, int] = field(default_factory=dict)
    whole: bool = True

    def gone(self) -> Iterator[tuple[Row, Row, int]]:
        """(sub-order, its line, units of the SKU) of what the ticket is about and has left a warehouse."""
        left = dict(self.units)
        for suborder in self.order.suborders.values() if self.order else ():
            if suborder["status"] not in {SubOrderStatus.SHIPPED, SubOrderStatus.DELIVERED}:
                continue
            taken: dict[int, int] = {}
            for row in suborder["lines"].values():
                units = min(left.get(row["line_no"], 0), row["line_units"])
                if units:
                    taken[row["line_no"]] = units  # the components of a bundle share one count
                    yield suborder, row, row["qty"] // row["line_units"] * units
            for line_no, units in taken.items():
                left[line_no] -= units


def situation(ticket: Ticket) -> Situation:
    """The stage of a ticket's goods, read from its order as it stands."""
    if ticket.header["order_id"] is None:
        return Situation(Stage.NO_ORDER)
    order = stored_orders([ticket.header["order_id"]])[ticket.header["order_id"]]
    everything = {no: line["qty"] for no, line in order.lines.items()}
    units = {no: line["qty"] for no, line in ticket.lines.items()} or everything
    statuses = [
        suborder["status"]
        for suborder in order.suborders.values()
        if any(row["line_no"] in units and row["line_units"] for row in suborder["lines"].values())
    ]
    still_wanted = any(no in units for no in outstanding(order))
    stage = stage_of(statuses, still_wanted=still_wanted)
    here = still_wanted or any(stage_of([status], still_wanted=False) in HERE for status in statuses)
    return Situation(stage, stage in GONE and here, order, units, units == everything)
