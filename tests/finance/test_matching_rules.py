"""The matching rules themselves, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from finance.domain.matching import Cause, Expected, Reason, Seen, Side, absence, judge

P, R = Side.PAYMENT, Side.REFUND


def line(line_id, side, amount, ref="A", trade="t", currency="CNY"):
    return Seen(line_id, ref, side, trade, amount, currency)


def verdicts(paid, refunded, *lines, currency="CNY"):
    found = judge([Expected("A", currency, paid, refunded)], lines)
    return {line_id: (verdict.cause, verdict.reason, verdict.delta_minor) for line_id, verdict in found.items()}


def test_equal_amounts_match():
    assert verdicts(100, 30, line("1", P, 100), line("2", R, 30)) == {
        "1": (Cause.MATCHED, Reason.ORDER_AND_AMOUNT, 0),
        "2": (Cause.MATCHED, Reason.ORDER_AND_AMOUNT, 0),
    }


def test_a_platform_may_pay_in_parts():
    found = verdicts(100, 0, line("1", P, 60, trade="a"), line("2", P, 40, trade="b"))

    assert {cause for cause, _reason, _delta in found.values()} == {Cause.MATCHED}


def test_escrow_pays_out_what_the_refund_left():
    assert verdicts(100, 30, line("1", P, 70))["1"] == (Cause.MATCHED, Reason.NET_OF_REFUND, 0)


@pytest.mark.parametrize(
    ("amount", "cause", "reason"),
    [
        (101, Cause.ROUNDING, Reason.WITHIN_TOLERANCE),
        (99, Cause.ROUNDING, Reason.WITHIN_TOLERANCE),
        (102, Cause.AMOUNT_MISMATCH, Reason.TOO_MUCH),
        (98, Cause.AMOUNT_MISMATCH, Reason.TOO_LITTLE),
    ],
)
def test_amounts_that_differ(amount, cause, reason):
    assert verdicts(100, 0, line("1", P, amount))["1"] == (cause, reason, amount - 100)


def test_status_that_differs():
    assert verdicts(0, 0, line("1", P, 100))["1"] == (Cause.STATUS_MISMATCH, Reason.NEVER_PAID_HERE, 100)
    found = verdicts(100, 0, line("1", P, 100), line("2", R, 40))
    assert found["1"][0] is Cause.MATCHED
    assert found["2"] == (Cause.STATUS_MISMATCH, Reason.NEVER_REFUNDED_HERE, 40)


def test_a_copy_is_a_duplicate_only_if_leaving_it_out_makes_the_order_agree():
    found = verdicts(100, 0, line("1", P, 100), line("2", P, 100))
    assert found["1"][0] is Cause.MATCHED
    assert found["2"] == (Cause.DUPLICATE, Reason.SAME_TRADE_TWICE, 100)
    # Two equal part refunds of one trade are no copies when both were made.
    found = verdicts(100, 60, line("0", P, 100), line("1", R, 30), line("2", R, 30))
    assert {cause for cause, _reason, _delta in found.values()} == {Cause.MATCHED}
    # And two wrong ones stay what they are.
    found = verdicts(100, 0, line("1", P, 70), line("2", P, 70))
    assert {cause for cause, _reason, _delta in found.values()} == {Cause.AMOUNT_MISMATCH}


def test_lines_of_no_order_of_several_and_of_another_currency():
    assert judge([], [line("1", P, 5, ref="X")])["1"].reason is Reason.NO_SUCH_ORDER
    assert judge([], [line("1", P, 5, ref="")])["1"].reason is Reason.NO_ORDER_NAMED
    two = [Expected("A", "CNY", 5, 0), Expected("A", "CNY", 5, 0)]
    assert judge(two, [line("1", P, 5)])["1"].reason is Reason.SEVERAL_ORDERS
    assert verdicts(5, 0, line("1", P, 5, currency="USD"))["1"][:2] == (Cause.PLATFORM_ONLY, Reason.OTHER_CURRENCY)


def test_absence_is_a_matter_of_time_first():
    end = datetime(2026, 8, 31, tzinfo=UTC)

    assert absence("taobao", end - timedelta(days=29), end).cause is Cause.TIMING
    assert absence("taobao", end - timedelta(days=31), end).cause is Cause.LOCAL_ONLY
    assert absence("woocommerce", end - timedelta(days=4), end).cause is Cause.LOCAL_ONLY
