"""The closed lifecycle of one refund payment. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class PaymentStatus(StrEnum):
    REQUESTED = "requested"  # holds its amount against what was paid; waits for somebody who may approve
    APPROVED = "approved"  # may be paid, or is on its way
    SUCCEEDED = "succeeded"  # the money has moved
    WITHDRAWN = "withdrawn"  # it will not be paid; the amount is free again


class PaymentAction(StrEnum):
    APPROVE = "approve"
    SUCCEED = "succeed"
    WITHDRAW = "withdraw"


class Channel(StrEnum):
    """Who moves the money. The platform's own refunds end only by the platform's word, so that one sum is never both
    confirmed by a person and reported by the platform."""

    PLATFORM = "platform"
    DIRECT = "direct"


_S, _A = PaymentStatus, PaymentAction

MOVES: Mapping[PaymentStatus, Mapping[PaymentAction, PaymentStatus]] = {
    # The platform may say that it has paid before anybody here agreed.
    _S.REQUESTED: {_A.APPROVE: _S.APPROVED, _A.SUCCEED: _S.SUCCEEDED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.APPROVED: {_A.SUCCEED: _S.SUCCEEDED, _A.WITHDRAW: _S.WITHDRAWN},
    _S.SUCCEEDED: {},
    _S.WITHDRAWN: {},
}

HELD = frozenset({_S.REQUESTED, _S.APPROVED})


class IllegalPayment(ValueError):
    """The payment has no such step from where it stands."""


def move(status: str, action: str) -> PaymentStatus:
    """Where `action` leads from `status`. Raises IllegalPayment when it leads nowhere."""
    target = MOVES[PaymentStatus(status)].get(PaymentAction(action))
    if target is None:
        raise IllegalPayment(f"{action} from {status}")
    return target
