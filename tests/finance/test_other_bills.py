import io
import zipfile
from datetime import UTC, datetime, timedelta, timezone

import pytest

from finance.domain.bills import BillError, Kind, container, read_bill
from tests.factories.bills import jd_settlement, wechat_row, wechat_v3, xlsx

CHINA = timezone(timedelta(hours=8))


def read(data, source, name="", mapping=None):
    bill = read_bill(data, source, name=name, mapping=mapping)
    return bill, list(bill.lines())


def parts(lines):
    return [(line.line_id, line.kind, line.order_ref, line.in_minor, line.out_minor) for line in lines]


def test_wechat_trade_bill_with_fee_refund_and_a_comma_in_the_name():
    rows = [
        wechat_row("4200001", "S1", paid=10000, fee="0.60000", name="鞋,白,42"),
        wechat_row("4200001", "S1", refund_no="5000001", refunded=4000, state="REFUND", fee="-0.24000"),
    ]
    bill, lines = read(wechat_v3(rows, ["2", "100.00", "40.00", "0.00", "0.36000", "100.00", "40.00"]), "wechat")

    assert parts(lines) == [
        ("4200001", Kind.PAYMENT, "S1", 10000, 0),
        ("4200001:fee", Kind.FEE, "S1", 0, 60),
        ("R5000001", Kind.REFUND, "S1", 0, 4000),
        ("R5000001:fee", Kind.FEE_REFUND, "S1", 24, 0),
    ]
    assert (bill.rows, bill.warnings) == (2, [])
    assert lines[0].text == "鞋,白,42"


def test_wechat_coupon_the_merchant_bears_is_a_line_of_its_own():
    bill, lines = read(
        wechat_v3(
            [wechat_row("42", "S1", paid=10000, due=9500)], ["1", "95.00", "0.00", "0.00", "0", "100.00", "0.00"]
        ),
        "wechat",
    )

    assert parts(lines) == [("42", Kind.PAYMENT, "S1", 10000, 0), ("42:discount", Kind.DISCOUNT, "S1", 0, 500)]
    assert bill.warnings == []


def test_wechat_footer_that_does_not_add_up():
    bill, _lines = read(
        wechat_v3([wechat_row("42", "S1", paid=100)], ["2", "2.00", "0.00", "0.00", "0", "2.00", "0.00"]), "wechat"
    )

    assert bill.warnings == [
        "totals_mismatch: 总交易单数 2 ≠ 1",
        "totals_mismatch: 订单总金额 2.00 ≠ 1.00",
    ]


def test_wechat_fund_bill():
    head = (
        "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),"
        "资金变更提交申请人,备注,业务凭证号"
    )
    rows = [
        "`2026-08-02 10:00:00,`42,`F1,`交易,`交易,`收入,`100.00,`100.00,`system,`,`S1",
        "`2026-08-02 10:00:00,`42,`F2,`扣除交易手续费,`交易,`支出,`0.60,`99.40,`system,`,`S1",
        "`2026-08-02 11:00:00,`43,`F3,`提现,`提现,`支出,`50.00,`49.40,`system,`,`W1",
    ]
    foot = ["资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额", "`3,`1,`100.00,`2,`50.60"]
    bill, lines = read("\n".join([head, *rows, *foot]).encode(), "wechat")

    assert parts(lines) == [
        ("FF1", Kind.PAYMENT, "S1", 10000, 0),
        ("FF2", Kind.FEE, "", 0, 60),
        ("FF3", Kind.WITHDRAWAL, "", 0, 5000),
    ]
    assert (bill.layout, bill.warnings) == ("wechat_fund", [])


def test_jd_signs_by_direction_and_not_by_the_numbers_sign():
    rows = [
        ("2001", "D1", "货款", "100.00", "应收"),
        ("2001", "D1", "佣金", "5.00", "应付"),
        ("2001", "D1", "佣金", "-5.00", "应付"),
        ("2001", "D2", "货款", "-30.00", "应付"),
        ("2001", "D2", "佣金", "1.50", "应收"),
        ("2001", "D3", "运费", "8.00", "应付"),
    ]
    _bill, lines = read(jd_settlement(rows), "jd")

    assert [(line.kind, line.order_ref, line.in_minor - line.out_minor) for line in lines] == [
        (Kind.PAYMENT, "2001", 10000),
        (Kind.FEE, "2001", -500),
        (Kind.FEE, "2001", -500),
        (Kind.REFUND, "2001", -3000),
        (Kind.FEE_REFUND, "2001", 150),
        (Kind.FREIGHT, "2001", -800),
    ]
    assert len({line.line_id for line in lines}) == 6


def test_jd_lines_have_the_same_ids_in_another_file():
    rows = [("2001", "D1", "货款", "100.00", "应收"), ("2002", "D2", "货款", "50.00", "应收")]
    first = {line.line_id for line in read(jd_settlement(rows), "jd")[1]}
    second = {line.line_id for line in read(jd_settlement(rows[::-1], "utf-8"), "jd")[1]}

    assert first == second


def test_jd_direction_that_says_nothing_is_refused():
    with pytest.raises(BillError) as caught:
        read(jd_settlement([("2001", "D1", "货款", "1.00", "?")]), "jd")
    assert caught.value.code == "bad_row"


def test_generic_table_by_its_column_names():
    data = "日期,类型,订单号,金额,手续费,备注\n2026/8/2 9:05,收款,A1,100.00,0.60,\n2026/8/2,退款,A1,-20,,\n".encode()
    _bill, lines = read(data, "generic")

    assert [(line.kind, line.order_ref, line.in_minor, line.out_minor) for line in lines] == [
        (Kind.PAYMENT, "A1", 10000, 0),
        (Kind.FEE, "A1", 0, 60),
        (Kind.REFUND, "A1", 0, 2000),
    ]
    assert lines[0].occurred_at == datetime(2026, 8, 2, 9, 5, tzinfo=CHINA)


def test_generic_payout_table_in_english_and_dollars():
    data = (
        b"Transaction Date,Type,Order,Amount,Fee,Net,Currency\n"
        b"2026-08-02 10:00:00 -0400,charge,#1001,100.00,3.20,96.80,USD\n"
        b"2026-08-03 10:00:00 -0400,refund,#1001,-100.00,0.00,-100.00,USD\n"
        b"2026-08-04 10:00:00 -0400,payout,,-50.00,0.00,-50.00,USD\n"
    )
    _bill, lines = read(data, "generic")

    assert [(line.kind, line.order_ref, line.in_minor - line.out_minor) for line in lines] == [
        (Kind.PAYMENT, "1001", 10000),
        (Kind.FEE, "1001", -320),
        (Kind.REFUND, "1001", -10000),
        (Kind.WITHDRAWAL, "", -5000),
    ]
    assert {line.currency for line in lines} == {"USD"}
    assert lines[0].occurred_at == datetime(2026, 8, 2, 14, 0, tzinfo=UTC)


def test_generic_table_with_a_given_mapping():
    data = b"when,ref,gross money\n2026-08-02,A1,5\n"
    with pytest.raises(BillError):
        read(data, "generic")
    [line] = read(data, "generic", mapping={"at": "when", "order": "ref", "amount": "gross money"})[1]

    assert (line.order_ref, line.in_minor) == ("A1", 500)
    with pytest.raises(BillError) as caught:
        read(data, "generic", mapping={"colour": "ref"})
    assert caught.value.code == "unknown_columns"


def test_generic_xlsx_with_numbers_and_dates():
    data = xlsx([["日期", "订单号", "金额"], [datetime(2026, 8, 2, 9, 5), 20260001, 12.5]])  # noqa: DTZ001 -- a sheet's
    [line] = read(data, "generic", name="流水.xlsx")[1]

    assert (line.order_ref, line.in_minor) == ("20260001", 1250)
    assert line.occurred_at == datetime(2026, 8, 2, 9, 5, tzinfo=CHINA)


def test_same_content_twice_in_one_generic_file_is_two_lines():
    row = "2026-08-02,A1,5\n"
    first = [line.line_id for line in read(("日期,订单号,金额\n" + row * 2).encode(), "generic")[1]]

    assert len(set(first)) == 2
    assert first == [line.line_id for line in read(("日期,订单号,金额\n" + row * 2).encode(), "generic")[1]]


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"this is no spreadsheet", "a.xlsx", "not_xlsx"),
        (b"PK\x03\x04 nor an archive", "a.xlsx", "not_xlsx"),
        (b"PK\x03\x04 nor an archive", "a.zip", "bad_zip"),
        (b"\xd0\xcf\x11\xe0 old excel", "a.xls", "not_xlsx"),
        (b"\x1f\x8b no gzip", "a.gz", "bad_zip"),
        (b"\x00\x01\x02binary", "a.csv", "bad_encoding"),
        ("日期,金额\n2026-08-02,1\n".encode() + b"\xff\xff\xff\xff" * 9, "a.csv", "bad_encoding"),
        (b"   \n", "a.csv", "empty_file"),
    ],
)
def test_bytes_that_are_no_table(data, name, code):
    with pytest.raises(BillError) as caught:
        read(data, "generic", name=name)
    assert caught.value.code == code


def test_an_archive_that_says_xlsx_but_holds_something_else():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(BillError) as caught:
        read(buffer.getvalue(), "generic", name="a.xlsx")
    assert caught.value.code == "not_xlsx"


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", b"0" * (32 << 20))
    with pytest.raises(BillError) as caught:
        read(buffer.getvalue(), "alipay")
    assert caught.value.code == "zip_bomb"

    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(container.MAX_MEMBERS + 1):
            archive.writestr(f"{number}.csv", b"x")
    with pytest.raises(BillError) as caught:
        read(many.getvalue(), "alipay")
    assert caught.value.code == "zip_bomb"
