"""The closed lifecycle of a difference. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class DifferenceState(StrEnum):
    """Who has to do something about a difference."""

    OPEN = "open"  # its owner has
    EXPLAINED = "explained"  # nobody: the machine knows the cause
    APPROVED = "approved"  # nobody any more: a person accepted it and it is on the books
    GONE = "gone"  # nobody: later lines or orders made it disappear


class DifferenceAction(StrEnum):
    APPROVE = "approve"
    REOPEN = "reopen"
    VANISH = "vanish"


_S, _A = DifferenceState, DifferenceAction

MOVES: Mapping[DifferenceState, Mapping[DifferenceAction, DifferenceState]] = {
    _S.OPEN: {_A.APPROVE: _S.APPROVED, _A.VANISH: _S.GONE},
    _S.EXPLAINED: {_A.REOPEN: _S.OPEN, _A.VANISH: _S.GONE},
    _S.APPROVED: {_A.REOPEN: _S.OPEN, _A.VANISH: _S.GONE},
    _S.GONE: {_A.REOPEN: _S.OPEN},
}


def may(state: str, action: str) -> bool:
    """Is `action` open to a difference in `state`?"""
    return DifferenceAction(action) in MOVES[DifferenceState(state)]
