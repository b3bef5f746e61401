"""What can be done about a ticket, given how far its goods have got. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from aftersales.domain.ticket import TicketKind
from aftersales.domain.ticket_flow import MOVES, TicketAction, TicketStatus


class Stage(StrEnum):
    """How far the goods a ticket is about have got; of several parcels, the furthest."""

    NO_ORDER = "no_order"
    BEFORE_PICK = "before_pick"  # nothing locked yet, or reserved
    PICKING = "picking"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    NOTHING_LEFT = "nothing_left"  # cancelled, or nothing to ship


class Resolution(StrEnum):
    CANCEL = "cancel"  # strike what has not left, give its stock back, ask for the refund
    RETURN = "return"  # expect the goods, refund when they are in
    REFUND = "refund"  # money only
    EXCHANGE = "exchange"  # expect the goods, send others when they are in
    RESHIP = "reship"  # send again at our cost
    ANSWER = "answer"  # an answer was all it took
    REJECT = "reject"  # nothing is given


_RANK = {
    "reserved": Stage.BEFORE_PICK,
    "waved": Stage.PICKING,
    "picked": Stage.PICKING,
    "packed": Stage.PACKED,
    "shipped": Stage.SHIPPED,
    "delivered": Stage.DELIVERED,
}
_ORDER = [Stage.BEFORE_PICK, Stage.PICKING, Stage.PACKED, Stage.SHIPPED, Stage.DELIVERED]
HERE = frozenset({Stage.BEFORE_PICK, Stage.PICKING, Stage.PACKED})
GONE = frozenset({Stage.SHIPPED, Stage.DELIVERED})


def stage_of(statuses: Iterable[str], *, still_wanted: bool) -> Stage:
    """The stage of goods in sub-orders of these `statuses` (cancelled ones count for nothing). `still_wanted`: the
    order waits for some of them and no sub-order has them."""
    stages = [_RANK[status] for status in statuses if status in _RANK]
    if not stages:
        return Stage.BEFORE_PICK if still_wanted else Stage.NOTHING_LEFT
    return max(stages, key=_ORDER.index)


# What is right for each kind, best first, while the goods are here and once they have left.
_WHILE_HERE: Mapping[TicketKind, tuple[Resolution, ...]] = {
    **dict.fromkeys(TicketKind, (Resolution.CANCEL, Resolution.ANSWER)),
    TicketKind.OTHER: (Resolution.ANSWER, Resolution.CANCEL),
}
_ONCE_GONE: Mapping[TicketKind, tuple[Resolution, ...]] = {
    TicketKind.REFUND_ONLY: (Resolution.REFUND, Resolution.RETURN),
    TicketKind.RETURN_REFUND: (Resolution.RETURN, Resolution.REFUND),
    TicketKind.EXCHANGE: (Resolution.EXCHANGE, Resolution.RETURN, Resolution.REFUND),
    TicketKind.RESHIP: (Resolution.RESHIP, Resolution.REFUND),
    TicketKind.LOST: (Resolution.RESHIP, Resolution.REFUND),
    TicketKind.DAMAGED: (Resolution.RESHIP, Resolution.REFUND, Resolution.RETURN, Resolution.EXCHANGE),
    TicketKind.MISSING_OR_WRONG: (Resolution.RESHIP, Resolution.EXCHANGE, Resolution.REFUND, Resolution.RETURN),
    TicketKind.OTHER: (Resolution.ANSWER, Resolution.REFUND, Resolution.RETURN, Resolution.RESHIP),
}
_NEEDS = {
    Resolution.CANCEL: TicketAction.FINISH,
    Resolution.RETURN: TicketAction.EXPECT_GOODS,
    Resolution.REFUND: TicketAction.ASK_REFUND,
    Resolution.EXCHANGE: TicketAction.EXPECT_GOODS,
    Resolution.RESHIP: TicketAction.FINISH,
    Resolution.ANSWER: TicketAction.FINISH,
    Resolution.REJECT: TicketAction.CLOSE,
}


@dataclass(frozen=True, slots=True)
class Offer:
    resolution: Resolution
    recommended: bool


def offers(kind: str, stage: Stage, status: str, *, some_here: bool = False) -> list[Offer]:
    """The resolutions open to a ticket, the recommended one first; none for one that is settled or being refunded.

    `some_here`: part of the goods has left and part has not, so that the rest can still be struck.
    """
    if stage is Stage.NO_ORDER:
        fitting: tuple[Resolution, ...] = (Resolution.ANSWER,)
    elif stage is Stage.NOTHING_LEFT:
        fitting = (Resolution.REFUND, Resolution.ANSWER)
    elif stage in HERE:
        fitting = _WHILE_HERE[TicketKind(kind)]
    else:
        fitting = _ONCE_GONE[TicketKind(kind)] + ((Resolution.CANCEL,) if some_here else ())
    moves = MOVES[TicketStatus(status)]
    able = [resolution for resolution in (*fitting, Resolution.REJECT) if _NEEDS[resolution] in moves]
    return [Offer(resolution, index == 0) for index, resolution in enumerate(able)]
