"""Whatever is done to a bill's bytes, it is read or refused with a code: no other error, no silent loss."""

from hypothesis import given, settings
from hypothesis import strategies as st

from finance.domain.bills import BillError, read_bill
from tests.factories.bills import alipay_fund, fund_row, gbk_zip, jd_settlement, wechat_row, wechat_v3, xlsx

BILLS = [
    ("alipay", alipay_fund([fund_row(f"L{n}", f"T200P{n}00000", n * 100, name="衣服") for n in range(1, 5)])),
    ("alipay", gbk_zip([("明细.csv", alipay_fund([fund_row("L1", "1", 100)]))])),
    (
        "wechat",
        wechat_v3([wechat_row(f"42{n}", f"S{n}", paid=100) for n in range(3)], ["3", "3", "0", "0", "0", "3", "0"]),
    ),
    ("jd", jd_settlement([("2001", "D1", "货款", "100.00", "应收")])),
    ("generic", xlsx([["日期", "订单号", "金额"], ["2026-08-02", "A1", 5]])),
]


@settings(max_examples=400, deadline=None)
@given(which=st.sampled_from(BILLS), data=st.data())
def test_damaged_bytes(which, data):
    source, original = which
    at = data.draw(st.integers(0, len(original)))
    cut = data.draw(st.integers(0, 40))
    damaged = original[:at] + data.draw(st.binary(max_size=8)) + original[at + cut :]
    name = data.draw(st.sampled_from(["", "a.csv", "a.zip", "a.xlsx"]))
    try:
        bill = read_bill(damaged, source, name=name)
        lines = list(bill.lines())
    except BillError as exc:
        assert exc.code
    else:
        assert all(line.in_minor >= 0 and line.out_minor >= 0 for line in lines)
        assert bill.rows <= len(lines) or not lines
