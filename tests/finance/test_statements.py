"""Bills against orders, through the services and a real PostgreSQL."""

from datetime import timedelta

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.errors import OneRopeError
from core.invariants import run
from core.models import Event
from finance.domain.bills import BillError
from finance.domain.ledger import Account
from finance.domain.matching import Cause, Expected, Reason, Seen, Side, judge
from finance.models import Difference, JournalEntry, OrderCost, Posting, Receivable, Statement, StatementLine
from finance.selectors.statements import summary
from finance.services import differences
from finance.services.reconciliation import reconcile
from finance.services.statements import import_statement
from tests.factories.bills import alipay_fund, fund_row, jd_settlement, wechat_row, wechat_v3
from tests.finance.conftest import PAID_AT

pytestmark = pytest.mark.usefixtures("august", "db")


def bring(rows, **kwargs):
    return import_statement(alipay_fund(rows, **kwargs), "alipay", name="bill.csv").statement


def money(statement):
    found = summary(statement)
    return {name: found[name] for name in ("rows", "matched", "explained", "unexplained", "residual_minor")}


def balance(account):
    return Posting.objects.filter(account=account).aggregate(total=Sum("amount_minor"))["total"] or 0


def sound():
    return [finding for finding in run() if finding.name.startswith("finance") and finding.violations] == []


def test_a_bill_is_matched_booked_and_its_fees_reach_the_order(books):
    order = books.order(paid=10000)
    books.settle()
    statement = bring(
        [
            fund_row("L1", f"T200P{order.order_no}", 10000, kind="交易付款"),
            fund_row("L2", f"T200P{order.order_no}", 0, 500, kind="收费", note="天猫佣金"),
            fund_row("L3", "", 0, 9000, kind="提现"),
        ]
    )

    assert money(statement) == {"rows": 3, "matched": 1, "explained": 2, "unexplained": 0, "residual_minor": 0}
    assert (statement.in_minor, statement.out_minor) == (10000, 9500)
    assert balance(Account.WALLET_ALIPAY) == 500
    assert balance(Account.RECEIVABLE) == 0
    assert balance(Account.PLATFORM_FEE) == 500
    assert balance(Account.BANK) == 9000
    assert OrderCost.objects.get(order=order).platform_fee_fen == 500
    line = StatementLine.objects.get(key="alipay:L1")
    assert (line.cause, line.reason, line.order_id) == (Cause.MATCHED, Reason.ORDER_AND_AMOUNT, order.pk)
    assert sound()


def test_the_same_file_twice_changes_nothing(books):
    order = books.order(paid=10000)
    books.settle()
    data = alipay_fund([fund_row("L1", f"T200P{order.order_no}", 9000), fund_row("L2", "T200P999999999999", 700)])
    first = import_statement(data, "alipay")
    before = (summary(first.statement), JournalEntry.objects.count(), Event.objects.count(), Difference.objects.count())
    second = import_statement(data, "alipay")

    assert (first.fresh, second.fresh) == (True, False)
    assert second.statement.pk == first.statement.pk
    after = (summary(second.statement), JournalEntry.objects.count(), Event.objects.count(), Difference.objects.count())
    assert after == before


def test_overlapping_files_count_each_line_once_and_show_it_in_both(books):
    orders = [books.order(paid=1000 * n) for n in (1, 2, 3)]
    books.settle()
    rows = [fund_row(f"L{n}", f"T200P{order.order_no}", order.paid_minor) for n, order in enumerate(orders)]
    bring(rows[:2])
    second = bring(rows[1:])

    assert StatementLine.objects.count() == 3
    assert second.repeated_rows == 1
    assert money(second) == {"rows": 2, "matched": 2, "explained": 0, "unexplained": 0, "residual_minor": 0}
    assert balance(Account.WALLET_ALIPAY) == 6000
    assert sound()


def test_a_row_twice_in_one_file_is_one_line(books):
    order = books.order(paid=1000)
    books.settle()
    row = fund_row("L1", f"T200P{order.order_no}", 1000)
    statement = bring([row, row])

    assert money(statement) == {"rows": 2, "matched": 1, "explained": 1, "unexplained": 0, "residual_minor": 0}
    assert balance(Account.WALLET_ALIPAY) == 1000
    assert sound()


def test_a_corrected_reissue_supersedes_and_corrects_the_books(books):
    order = books.order(paid=1000)
    books.settle()
    wrong = bring([fund_row("L1", f"T200P{order.order_no}", 900)])
    assert wrong.unexplained_rows == 1
    right = bring([fund_row("L1", f"T200P{order.order_no}", 1000)])

    assert money(right)["matched"] == 1
    wrong.refresh_from_db()
    assert money(wrong) == {"rows": 1, "matched": 0, "explained": 1, "unexplained": 0, "residual_minor": 0}
    assert balance(Account.WALLET_ALIPAY) == 1000
    assert balance(Account.RECEIVABLE) == 0
    assert Difference.objects.get().state == "gone"
    assert sound()


def test_a_line_that_came_before_its_order_is_matched_when_the_order_comes(books):
    statement = bring([fund_row("L1", "T200P5120803044263167809", 1000)])
    assert (balance(Account.SUSPENSE), statement.unexplained_rows, statement.residual_minor) == (-1000, 1, 1000)

    books.order("5120803044263167809", paid=1000)
    books.settle()

    statement.refresh_from_db()
    assert money(statement) == {"rows": 1, "matched": 1, "explained": 0, "unexplained": 0, "residual_minor": 0}
    assert (balance(Account.SUSPENSE), balance(Account.RECEIVABLE)) == (0, 0)
    assert Difference.objects.get().state == "gone"
    assert sound()


def test_payment_in_two_files_is_a_difference_only_until_the_second(books):
    order = books.order(paid=1000)
    books.settle()
    first = bring([fund_row("L1", f"T200P{order.order_no}", 600)])
    assert first.unexplained_rows == 1
    bring([fund_row("L2", f"T200P{order.order_no}", 400)])

    first.refresh_from_db()
    assert (first.matched_rows, first.residual_minor) == (1, 0)
    assert sound()


def test_absent_money_waits_first_and_is_missed_later(books):
    seen, late = books.order(paid=1000), books.order(paid=500)
    books.settle()
    bring([fund_row("L1", f"T200P{seen.order_no}", 1000)])
    waiting = Difference.objects.get(order=late)
    assert (waiting.cause, waiting.reason, waiting.state) == (Cause.TIMING, Reason.NOT_SETTLED_YET, "explained")

    other = books.order(paid=100, at=PAID_AT + timedelta(days=40))
    books.settle()
    bring(
        [fund_row("L2", f"T200P{other.order_no}", 100)], start="2026年09月11日 00:00:00", end="2026年09月12日 00:00:00"
    )

    waiting.refresh_from_db()
    assert (waiting.cause, waiting.reason, waiting.state) == (Cause.LOCAL_ONLY, Reason.NEVER_SETTLED, "open")
    assert (waiting.platform_minor, waiting.system_minor, waiting.gain_minor) == (0, 500, -500)
    bring(
        [fund_row("L3", f"T200P{late.order_no}", 500)], start="2026年09月13日 00:00:00", end="2026年09月14日 00:00:00"
    )
    waiting.refresh_from_db()
    assert waiting.state == "gone"
    assert sound()


def test_rounding_is_explained_and_booked(books):
    order = books.order(paid=1000)
    books.settle()
    statement = bring([fund_row("L1", f"T200P{order.order_no}", 1001)])

    assert money(statement) == {"rows": 1, "matched": 0, "explained": 1, "unexplained": 0, "residual_minor": 0}
    assert (balance(Account.RECEIVABLE), balance(Account.ROUNDING)) == (0, -1)
    assert sound()


def test_approval_is_booked_once_and_can_be_taken_back(books):
    statement = bring([fund_row("L1", "T200P5120803044263167809", 700), fund_row("L2", "", 0, 300, kind="其它")])
    gain, loss = Difference.objects.order_by("-gain_minor")
    assert (gain.cause, gain.reason, gain.gain_minor) == (Cause.PLATFORM_ONLY, Reason.NO_SUCH_ORDER, 700)
    assert (loss.reason, loss.gain_minor) == (Reason.KIND_OF_LINE, -300)

    assert differences.approve([gain.pk, loss.pk], "old shop") == 2
    assert differences.approve([gain.pk, loss.pk], "old shop") == 0
    assert (balance(Account.SUSPENSE), balance(Account.OTHER_INCOME), balance(Account.OTHER_LOSS)) == (0, -700, 300)
    reconcile(statement.pk)
    gain.refresh_from_db()
    assert gain.state == "approved"

    assert differences.reopen([gain.pk], "wrong shop") == 1
    assert (balance(Account.SUSPENSE), balance(Account.OTHER_INCOME)) == (-700, 0)
    assert differences.reopen([gain.pk], "again") == 0
    with pytest.raises(OneRopeError) as caught:
        differences.approve([gain.pk], " ")
    assert caught.value.code == "note_required"
    assert sound()


def test_an_approval_ends_when_the_order_turns_up(books):
    bring([fund_row("L1", "T200P5120803044263167809", 700)])
    differences.approve(Difference.objects.values_list("id", flat=True), "unknown")
    books.order("5120803044263167809", paid=700)
    books.settle()

    assert (balance(Account.SUSPENSE), balance(Account.OTHER_INCOME), balance(Account.RECEIVABLE)) == (0, 0, 0)
    assert Difference.objects.get().state == "gone"
    assert sound()


def test_orders_of_two_shops_with_one_number_are_told_apart_by_the_files_shop(books, own_site):
    books.order("1001", paid=1000)
    own_site.order("1001", paid=2000)
    books.settle()
    row = wechat_row("42", "1001", paid=2000)
    unknown = import_statement(wechat_v3([row]), "wechat").statement
    assert StatementLine.objects.get().reason == Reason.SEVERAL_ORDERS
    assert unknown.unexplained_rows == 1

    named = import_statement(
        wechat_v3([wechat_row("43", "1001", paid=2000)]), "wechat", shop_id=own_site.shop.pk
    ).statement
    assert named.matched_rows == 1
    assert sound()


def test_wechat_fee_is_of_its_row_and_jd_pays_net_of_its_commission(own_site):
    order = own_site.order("S1", paid=10000)
    jd = own_site.order("2001", paid=5000, platform="jd")
    own_site.settle()
    wechat = import_statement(wechat_v3([wechat_row("42", "S1", paid=10000, fee="0.60000")]), "wechat").statement
    rows = [("2001", "D1", "货款", "50.00", "应收"), ("2001", "D1", "佣金", "2.50", "应付")]
    settlement = import_statement(jd_settlement(rows), "jd").statement

    assert money(wechat) == {"rows": 1, "matched": 1, "explained": 0, "unexplained": 0, "residual_minor": 0}
    assert money(settlement) == {"rows": 2, "matched": 1, "explained": 1, "unexplained": 0, "residual_minor": 0}
    fees = dict(OrderCost.objects.values_list("order_id", "platform_fee_fen"))
    assert fees == {order.pk: 60, jd.pk: 250}
    assert sound()


def test_a_bill_that_breaks_off_leaves_nothing(books):
    whole = alipay_fund([fund_row(f"L{n}", f"T200P{n}00000000000", 100) for n in range(20)])
    with pytest.raises(BillError) as caught:
        import_statement(whole[: whole.index(b"L15") + 12], "alipay")

    assert caught.value.code == "truncated"
    assert not Statement.objects.exists() and not StatementLine.objects.exists()


def test_a_statement_tells_of_its_differences_once(books):
    statement = bring(
        [fund_row("L1", "T200P5120803044263167809", 700), fund_row("L2", "T200P5120803044263167808", 300)]
    )
    events = list(Event.objects.filter(stream=f"finance.statement:{statement.pk}").order_by("version"))

    assert [event.type for event in events] == ["finance.statement_reconciled", "finance.difference_found"]
    told = events[1].payload
    assert (told["cause"], told["count"], told["gain_minor"]) == ("platform_only", 2, 1000)
    assert sorted(told["difference_ids"]) == sorted(Difference.objects.values_list("id", flat=True))


def test_text_of_our_own_transfers_and_odd_characters_are_kept_out_and_in():
    bring(
        [fund_row("L1", "", 0, 100, kind="转账", note="给王小明"), fund_row("L2", "", 0, 1, kind="收费", note="a\\b")]
    )

    assert list(StatementLine.objects.order_by("row_no").values_list("text", flat=True)) == ["", "a\\b"]


def judged_alike(books, orders, lines):
    """Bring `lines` (order letter, kind, trade, amount) over `orders` (letter -> paid, refunded); both judges agree."""
    mark = Statement.objects.count()  # keeps the examples' numbers apart in one database
    names = {letter: f"{letter}{mark:06d}" for letter in orders}
    expected = []
    for letter, (paid, refunded) in orders.items():
        made = books.order(names[letter], paid=paid)
        if refunded:
            books.refund(made, refunded, number=f"R{letter}")
        expected.append(Expected(names[letter], "CNY", paid, refunded))
    books.settle()
    rows, seen = [], []
    for number, (letter, kind, trade, amount) in enumerate(lines):
        line_id, ref = f"{mark}-{number:02d}", names.get(letter, f"X{mark}")
        side = Side(kind)
        into, out = (amount, 0) if side is Side.PAYMENT else (0, amount)
        word = "在线支付" if side is Side.PAYMENT else "交易退款"
        rows.append(fund_row(line_id, ref, into, out, kind=word, trade=trade))
        seen.append(Seen(line_id, ref, side, trade, amount, "CNY"))
    statement = bring(rows, start=f"2026年08月02日 00:{mark // 60:02d}:{mark % 60:02d}")

    wanted = {key: (verdict.cause.value, verdict.reason.value) for key, verdict in judge(expected, seen).items()}
    stored = StatementLine.objects.filter(statement=statement).values_list("key", "cause", "reason")
    return {key.removeprefix("alipay:"): (cause, reason) for key, cause, reason in stored} == wanted


# Few letters, trades and amounts, so that sums meet, cross and repeat by chance.
LINE = st.tuples(
    st.sampled_from("AABX"), st.sampled_from(["payment", "payment", "refund"]), st.just("t"), st.integers(1, 4)
)
ORDER = st.tuples(st.integers(0, 9), st.integers(0, 4))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(LINE, max_size=7), first=ORDER, second=ORDER)
def test_sql_judges_as_the_reference_does(books, lines, first, second):
    assert judged_alike(books, {"A": first, "B": second}, lines)
    assert sound()


P, R = "payment", "refund"


@pytest.mark.parametrize(
    ("paid", "refunded", "lines"),
    [
        (100, 0, [(P, "t", 100), (P, "t", 100)]),
        (100, 0, [(P, "t", 70), (P, "t", 70)]),
        (100, 0, [(P, "t", 50), (P, "t", 50)]),
        (100, 0, [(P, "t", 100), (P, "u", 100)]),
        (100, 60, [(P, "t", 100), (R, "t", 30), (R, "t", 30)]),
        (100, 30, [(P, "t", 100), (R, "t", 30), (R, "t", 30)]),
        (100, 30, [(P, "t", 70)]),
        (100, 30, [(P, "t", 100), (R, "t", 30)]),
        (100, 0, [(P, "t", 101)]),
        (100, 0, [(P, "t", 98)]),
        (0, 0, [(P, "t", 100), (P, "t", 100)]),
        (100, 0, [(P, "t", 100), (R, "t", 5)]),
    ],
)
def test_sql_judges_the_telling_cases_as_the_reference_does(books, paid, refunded, lines):
    assert judged_alike(books, {"A": (paid, refunded)}, [("A", *line) for line in lines])


def test_a_bill_is_not_asked_for_money_of_days_it_does_not_cover(books):
    seen = books.order(paid=1000)
    books.order(paid=500, at=PAID_AT - timedelta(days=5))  # before bills were imported
    books.order(paid=500, at=PAID_AT + timedelta(days=5))  # after this one
    books.settle()
    bring([fund_row("L1", f"T200P{seen.order_no}", 1000)])

    assert not Difference.objects.exists()


def test_every_injected_difference_is_found_and_nothing_else(books):
    orders = [books.order(paid=1000 + n) for n in range(300)]
    refunded = orders[:30]
    for one in refunded:
        books.refund(one, 100, number=f"R{one.pk}")
    books.settle()
    rows, injected = [], {}
    for n, one in enumerate(orders):
        amount, ref = one.paid_minor, f"T200P{one.order_no}"
        wrong = n % 10 if 100 <= n < 200 else None
        if wrong == 0:
            injected[one.order_no] = "timing"  # missing
            continue
        if wrong == 1:
            amount, injected[one.order_no] = amount + 1, "rounding"
        elif wrong == 2:
            amount, injected[one.order_no] = amount - 5, "amount_mismatch"
        elif wrong == 3:
            rows.append(fund_row(f"D{n}", ref, amount, trade=f"T{n}"))
            injected[one.order_no] = "duplicate"
        elif wrong == 4:
            rows.append(fund_row(f"X{n}", f"T200P99999999{n:09d}", 777))
            injected[f"99999999{n:09d}"] = "platform_only"
        elif wrong == 5:
            rows.append(fund_row(f"S{n}", ref, 0, 50, kind="交易退款"))
            injected[one.order_no] = "status_mismatch"
        rows.append(fund_row(f"L{n}", ref, amount, trade=f"T{n}", kind="交易付款"))
        if one in refunded:
            rows.append(fund_row(f"R{n}", ref, 0, 100, kind="交易退款"))
    statement = bring(rows)

    found = dict(Difference.objects.values_list("order_ref", "cause"))
    assert found == injected
    assert len(injected) == 60
    owned = Difference.objects.filter(state="open").exclude(owner="").aggregate(total=Sum("gain_minor"))["total"]
    assert statement.residual_minor == owned
    due = Receivable.objects.aggregate(total=Sum("paid_minor") - Sum("refunded_minor"))["total"]
    explained = Difference.objects.exclude(state="open").aggregate(total=Sum("gain_minor"))["total"]
    assert statement.in_minor - statement.out_minor == due + explained + owned
    assert sound()


def test_one_number_missing_in_two_shops_is_two_differences(books, own_site):
    for shop in (books, own_site):
        shop.order("1001", paid=1000)
    seen = [shop.order(f"77{shop.shop.pk}", paid=500) for shop in (books, own_site)]
    books.settle()
    bring([fund_row(f"L{n}", order.order_no, 500) for n, order in enumerate(seen)])

    missing = Difference.objects.filter(order_ref="1001").values_list("order__shop", "cause")
    assert sorted(missing) == [(books.shop.pk, "timing"), (own_site.shop.pk, "timing")]
    assert sound()
