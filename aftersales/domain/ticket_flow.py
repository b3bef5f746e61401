"""The closed lifecycle of a ticket. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class TicketStatus(StrEnum):
    NEW = "new"  # nobody has begun
    WORKING = "working"
    WAITING_BUYER = "waiting_buyer"  # the response clock stands still
    WAITING_GOODS = "waiting_goods"  # a return is on its way
    REFUNDING = "refunding"  # the refund is asked for or agreed, the money has not moved
    RESOLVED = "resolved"
    CLOSED = "closed"  # withdrawn, refused or a duplicate: nothing was given


class TicketAction(StrEnum):
    START = "start"
    WAIT_BUYER = "wait_buyer"
    RESUME = "resume"
    EXPECT_GOODS = "expect_goods"
    GOODS_IN = "goods_in"
    ASK_REFUND = "ask_refund"
    REFUND_OFF = "refund_off"  # the asked-for refund will not be paid
    REFUND_DONE = "refund_done"
    FINISH = "finish"
    CLOSE = "close"
    REOPEN = "reopen"


_S, _A = TicketStatus, TicketAction

MOVES: Mapping[TicketStatus, Mapping[TicketAction, TicketStatus]] = {
    _S.NEW: {
        _A.START: _S.WORKING,
        _A.WAIT_BUYER: _S.WAITING_BUYER,
        _A.EXPECT_GOODS: _S.WAITING_GOODS,
        _A.ASK_REFUND: _S.REFUNDING,
        _A.REFUND_DONE: _S.RESOLVED,
        _A.FINISH: _S.RESOLVED,
        _A.CLOSE: _S.CLOSED,
    },
    _S.WORKING: {
        _A.WAIT_BUYER: _S.WAITING_BUYER,
        _A.EXPECT_GOODS: _S.WAITING_GOODS,
        _A.ASK_REFUND: _S.REFUNDING,
        _A.REFUND_DONE: _S.RESOLVED,
        _A.FINISH: _S.RESOLVED,
        _A.CLOSE: _S.CLOSED,
    },
    _S.WAITING_BUYER: {
        _A.RESUME: _S.WORKING,
        _A.EXPECT_GOODS: _S.WAITING_GOODS,
        _A.ASK_REFUND: _S.REFUNDING,
        _A.REFUND_DONE: _S.RESOLVED,
        _A.FINISH: _S.RESOLVED,
        _A.CLOSE: _S.CLOSED,
    },
    _S.WAITING_GOODS: {
        _A.GOODS_IN: _S.WORKING,
        _A.ASK_REFUND: _S.REFUNDING,
        _A.REFUND_DONE: _S.RESOLVED,
        _A.FINISH: _S.RESOLVED,
        _A.CLOSE: _S.CLOSED,
    },
    _S.REFUNDING: {
        _A.REFUND_DONE: _S.RESOLVED,
        _A.REFUND_OFF: _S.WORKING,
    },
    _S.RESOLVED: {_A.REOPEN: _S.WORKING},
    _S.CLOSED: {_A.REOPEN: _S.WORKING, _A.REFUND_DONE: _S.RESOLVED},
}

OPEN = frozenset(_S) - {_S.RESOLVED, _S.CLOSED}
# What a person may do by moving a card; the others follow from goods and money.
BY_HAND = (_A.START, _A.WAIT_BUYER, _A.RESUME, _A.FINISH, _A.CLOSE, _A.REOPEN)


class IllegalMove(ValueError):
    """The lifecycle has no such step from where the thing stands."""


def move(status: str, action: str) -> TicketStatus:
    """Where `action` leads from `status`. Raises IllegalMove when it leads nowhere."""
    target = MOVES[TicketStatus(status)].get(TicketAction(action))
    if target is None:
        raise IllegalMove(f"{action} from {status}")
    return target


def moves_by_hand(status: str) -> list[TicketAction]:
    """The moves a person is offered on a card."""
    return [action for action in BY_HAND if action in MOVES[TicketStatus(status)]]
