"""The closed lifecycle of a parcel that comes back. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class ReturnStatus(StrEnum):
    EXPECTED = "expected"
    ARRIVED = "arrived"  # on the desk, not yet looked into
    GRADED = "graded"  # looked into and put away
    CANCELLED = "cancelled"  # the buyer keeps it


class ReturnAction(StrEnum):
    ARRIVE = "arrive"
    GRADE = "grade"
    CANCEL = "cancel"


class Grade(StrEnum):
    """A can be sold again; the others are on hand but frozen until somebody decides."""

    A = "a"
    B = "b"
    C = "c"
    SCRAP = "scrap"


_S, _A = ReturnStatus, ReturnAction

MOVES: Mapping[ReturnStatus, Mapping[ReturnAction, ReturnStatus]] = {
    _S.EXPECTED: {_A.ARRIVE: _S.ARRIVED, _A.CANCEL: _S.CANCELLED},
    _S.ARRIVED: {_A.GRADE: _S.GRADED},
    _S.GRADED: {},
    # It came although it was called off: goods on the desk are a fact.
    _S.CANCELLED: {_A.ARRIVE: _S.ARRIVED},
}


class IllegalReturn(ValueError):
    """The parcel has no such step from where it stands."""


def move(status: str, action: str) -> ReturnStatus:
    """Where `action` leads from `status`. Raises IllegalReturn when it leads nowhere."""
    target = MOVES[ReturnStatus(status)].get(ReturnAction(action))
    if target is None:
        raise IllegalReturn(f"{action} from {status}")
    return target


def sellable(grade: str) -> bool:
    return Grade(grade) is Grade.A
