"""Statement lines against what orders should have brought. Pure.

This is the reference: `finance.services.matching` says the same in SQL over a million rows, and a property test holds
the two together.

Lines of one order are judged together, money in (payments) and money back (refunds) apart, because a platform may pay
an order in parts. Amounts are minor units.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from finance.domain.bills.line import Kind


class Cause(StrEnum):
    """What a line or an order's money turned out to be."""

    MATCHED = "matched"
    FEE = "fee"
    TRANSFER = "transfer"
    ROUNDING = "rounding"
    TIMING = "timing"
    AMOUNT_MISMATCH = "amount_mismatch"
    STATUS_MISMATCH = "status_mismatch"
    PLATFORM_ONLY = "platform_only"  # 长款
    LOCAL_ONLY = "local_only"  # 短款
    DUPLICATE = "duplicate"


class Reason(StrEnum):
    """The rule that decided."""

    ORDER_AND_AMOUNT = "order_and_amount"
    NET_OF_REFUND = "net_of_refund"
    WITHIN_TOLERANCE = "within_tolerance"
    KIND_OF_LINE = "kind_of_line"
    SAME_TRADE_TWICE = "same_trade_twice"
    TOO_MUCH = "too_much"
    TOO_LITTLE = "too_little"
    OTHER_CURRENCY = "other_currency"
    NEVER_PAID_HERE = "never_paid_here"
    NEVER_REFUNDED_HERE = "never_refunded_here"
    NO_SUCH_ORDER = "no_such_order"
    NO_ORDER_NAMED = "no_order_named"
    SEVERAL_ORDERS = "several_orders"
    NOT_SETTLED_YET = "not_settled_yet"
    NEVER_SETTLED = "never_settled"


# Nobody has to look at these.
EXPLAINED = frozenset({Cause.FEE, Cause.TRANSFER, Cause.ROUNDING, Cause.TIMING})
SETTLED = frozenset({Cause.MATCHED}) | EXPLAINED
BY_KIND: Mapping[Kind, Cause] = {
    Kind.FEE: Cause.FEE,
    Kind.FEE_REFUND: Cause.FEE,
    Kind.FREIGHT: Cause.FEE,
    Kind.DISCOUNT: Cause.FEE,
    Kind.TRANSFER: Cause.TRANSFER,
    Kind.WITHDRAWAL: Cause.TRANSFER,
    Kind.OTHER: Cause.PLATFORM_ONLY,
}


# Days a platform may take from the buyer's payment to ours. Taobao and JD hold the money until the buyer has the goods.
SETTLE_DAYS: Mapping[str, int] = {"taobao": 30, "jd": 30}
OTHER_SETTLE_DAYS = 3
TOLERANCE_MINOR = 1


def settle_days(platform: str) -> int:
    return SETTLE_DAYS.get(platform, OTHER_SETTLE_DAYS)


class Side(StrEnum):
    """Which way an order's money went."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class Expected:
    """What one order should bring: money the buyer paid, and money given back."""

    order_ref: str
    currency: str
    paid_minor: int
    refunded_minor: int


@dataclass(frozen=True, slots=True)
class Seen:
    """One payment or refund line. `amount_minor` counts in the side's own direction: a refund of 5 is +5."""

    line_id: str
    order_ref: str
    side: Side
    trade_no: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`delta_minor`: platform minus system, in the side's own direction."""

    cause: Cause
    reason: Reason
    delta_minor: int = 0


def absence(platform: str, due_at: datetime, period_end: datetime) -> Verdict:
    """Money due since `due_at` that no line up to `period_end` shows."""
    if due_at > period_end - timedelta(days=settle_days(platform)):
        return Verdict(Cause.TIMING, Reason.NOT_SETTLED_YET)
    return Verdict(Cause.LOCAL_ONLY, Reason.NEVER_SETTLED)


def extra_copies(lines: Sequence[Seen]) -> set[str]:
    """Ids of lines that repeat an earlier one (by id): same order, side, trade number and amount."""
    first: set[tuple[str, Side, str, int]] = set()
    extra = set()
    for line in sorted(lines, key=lambda line: line.line_id):
        key = (line.order_ref, line.side, line.trade_no, line.amount_minor)
        extra.update([line.line_id] if key in first else [])
        first.add(key)
    return extra


def judge_order(expected: Expected | None, lines: Sequence[Seen], tolerance: int = 1) -> dict[str, Verdict]:
    """The verdict on each line of one order, by line id. Every line is in the answer."""
    if expected is None:
        return {line.line_id: Verdict(Cause.PLATFORM_ONLY, Reason.NO_SUCH_ORDER, line.amount_minor) for line in lines}
    if any(line.currency != expected.currency for line in lines):
        return {line.line_id: Verdict(Cause.PLATFORM_ONLY, Reason.OTHER_CURRENCY, line.amount_minor) for line in lines}
    paid, back = _total(lines, Side.PAYMENT), _total(lines, Side.REFUND)
    if not back and expected.refunded_minor and paid == expected.paid_minor - expected.refunded_minor:
        # Escrow: a refund before settlement never shows; the platform pays out the rest.
        return {line.line_id: Verdict(Cause.MATCHED, Reason.NET_OF_REFUND) for line in lines}
    extra = extra_copies(lines)
    verdicts = {}
    for side, due in ((Side.PAYMENT, expected.paid_minor), (Side.REFUND, expected.refunded_minor)):
        mine = [line for line in lines if line.side is side]
        copies = [line for line in mine if line.line_id in extra]
        verdicts.update(_judge_side(side, due, mine, copies, tolerance))
    return verdicts


def _judge_side(
    side: Side, due: int, lines: Sequence[Seen], copies: Sequence[Seen], tolerance: int
) -> dict[str, Verdict]:
    total = _total(lines, side)
    delta = total - due
    if delta and copies and delta == _total(copies, side):
        verdicts = {line.line_id: Verdict(Cause.MATCHED, Reason.ORDER_AND_AMOUNT) for line in lines}
        for copy in copies:
            verdicts[copy.line_id] = Verdict(Cause.DUPLICATE, Reason.SAME_TRADE_TWICE, copy.amount_minor)
        return verdicts
    return {line.line_id: _side_verdict(side, due, delta, tolerance) for line in lines}


def _side_verdict(side: Side, due: int, delta: int, tolerance: int) -> Verdict:
    if not delta:
        return Verdict(Cause.MATCHED, Reason.ORDER_AND_AMOUNT)
    if not due:
        reason = Reason.NEVER_PAID_HERE if side is Side.PAYMENT else Reason.NEVER_REFUNDED_HERE
        return Verdict(Cause.STATUS_MISMATCH, reason, delta)
    if abs(delta) <= tolerance:
        return Verdict(Cause.ROUNDING, Reason.WITHIN_TOLERANCE, delta)
    return Verdict(Cause.AMOUNT_MISMATCH, Reason.TOO_MUCH if delta > 0 else Reason.TOO_LITTLE, delta)


def _total(lines: Iterable[Seen], side: Side) -> int:
    return sum(line.amount_minor for line in lines if line.side is side)


def judge(expected: Iterable[Expected], lines: Iterable[Seen], tolerance: int = 1) -> dict[str, Verdict]:
    """Verdicts on all payment and refund lines. An order number that several orders share decides nothing."""
    orders: dict[str, list[Expected]] = {}
    for order in expected:
        orders.setdefault(order.order_ref, []).append(order)
    groups: dict[str, list[Seen]] = {}
    for line in lines:
        groups.setdefault(line.order_ref, []).append(line)
    verdicts: dict[str, Verdict] = {}
    for ref, group in groups.items():
        candidates = orders.get(ref, [])
        if not ref or len(candidates) > 1:
            reason = Reason.SEVERAL_ORDERS if ref else Reason.NO_ORDER_NAMED
            verdicts |= {line.line_id: Verdict(Cause.PLATFORM_ONLY, reason, line.amount_minor) for line in group}
        else:
            verdicts |= judge_order(candidates[0] if candidates else None, group, tolerance)
    return verdicts
