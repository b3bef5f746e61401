from datetime import datetime, timedelta, timezone

import pytest

from finance.domain.bills import BillError, Kind, read_bill
from tests.factories.bills import FUND_HEADER, alipay_fund, fund_row, gbk_zip, xlsx

CHINA = timezone(timedelta(hours=8))


def read(data, name=""):
    bill = read_bill(data, "alipay", name=name)
    return bill, list(bill.lines())


def test_fund_bill_is_read_by_column_name_and_stripped_of_tabs():
    bill, lines = read(alipay_fund([fund_row("L1", "T200P5120803044263167809", 316256, kind="交易付款")]))

    assert (bill.layout, bill.rows, bill.account) == ("alipay_fund", 1, "20880000000000000156")
    line = lines[0]
    assert (line.line_id, line.kind, line.order_ref, line.trade_no) == (
        "L1",
        Kind.PAYMENT,
        "5120803044263167809",
        "BL1",
    )
    assert (line.in_minor, line.out_minor, line.currency) == (316256, 0, "CNY")
    assert line.occurred_at == datetime(2026, 8, 2, 14, 49, 39, tzinfo=CHINA)
    assert bill.period == (datetime(2026, 8, 2, tzinfo=CHINA), datetime(2026, 8, 3, tzinfo=CHINA))


def test_other_column_order_and_units_read_the_same():
    header = "业务类型,支出金额(元),收入金额(元),发生时间,商户订单号,账务流水号,业务流水号"
    [line] = read(alipay_fund(["交易退款,-12.30,,2026-08-02 10:00:00,T200P51208030442,L9,B9"], header=header))[1]

    assert (line.line_id, line.kind, line.in_minor, line.out_minor) == ("L9", Kind.REFUND, 0, 1230)
    assert line.order_ref == "51208030442"


@pytest.mark.parametrize(
    ("kind_text", "into", "out", "expected"),
    [
        ("在线支付", 100, 0, Kind.PAYMENT),
        ("在线支付", 0, 100, Kind.OTHER),
        ("交易退款", 0, 100, Kind.REFUND),
        ("收费", 0, 5, Kind.FEE),
        ("收费", 5, 0, Kind.FEE_REFUND),
        ("退费", 5, 0, Kind.FEE_REFUND),
        ("转账", 0, 900, Kind.TRANSFER),
        ("提现", 0, 900, Kind.WITHDRAWAL),
        ("其它", 0, 900, Kind.OTHER),
    ],
)
def test_kinds(kind_text, into, out, expected):
    [line] = read(alipay_fund([fund_row("L1", "", into, out, kind=kind_text)]))[1]

    assert line.kind is expected


@pytest.mark.parametrize("note", ["天猫佣金（类目）{3226563123456789012}扣款", "代扣返点积分 3226563123456789012"])
def test_commission_names_its_order_in_the_remark(note):
    [line] = read(alipay_fund([fund_row("L1", "", 0, 500, kind="其它", note=note)]))[1]

    assert (line.kind, line.order_ref) == (Kind.FEE, "3226563123456789012")


def test_footer_that_does_not_add_up_is_a_warning():
    footer = ["#支出合计：0笔，共0.00元", "#收入合计：18笔，共14989.00元"]

    assert read(alipay_fund([fund_row("L1", "1", 100)], footer=footer))[0].warnings == [
        "totals_mismatch: 收入 14989.00 ≠ 1.00"
    ]
    footer[1] = "#收入合计：1笔，共1.00元"
    assert read(alipay_fund([fund_row("L1", "1", 100)], footer=footer))[0].warnings == []


def test_a_day_without_trade_is_an_empty_bill():
    bill, lines = read(alipay_fund([]))

    assert (lines, bill.rows, bill.warnings) == ([], 0, [])


def test_archive_with_the_summary_first():
    summary = "#支付宝账务汇总查询\n类型,收入（笔）,收入（+元）\n交易,1,1.00\n".encode("gbk")
    data = gbk_zip(
        [("2088_账务明细(汇总).csv", summary), ("2088_账务明细.csv", alipay_fund([fund_row("L1", "1", 100)]))]
    )
    bill, lines = read(data, "bill.zip")

    assert [line.line_id for line in lines] == ["L1"]
    assert bill.layout == "alipay_fund"


def test_archive_of_two_days_runs_on():
    data = gbk_zip([(f"{day}_账务明细.csv", alipay_fund([fund_row(f"L{day}", "1", 100)])) for day in (1, 2)])
    bill, lines = read(data)

    assert [(line.line_id, line.row_no) for line in lines] == [("L1", 1), ("L2", 2)]
    assert bill.rows == 2


BUSINESS = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,"
    "订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,"
    "商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
TIMES = "2026-08-02 10:00:00,2026-08-02 10:00:05"


def test_business_bill_splits_coupon_and_fee_from_the_payment():
    paid = f"T1\t,S1\t,交易,货\t,{TIMES},,,,,a\t,100.00,90.00,0,0,0,10.00,0,,0,0,,-0.54,0,\t"
    back = f"T1\t,S1\t,退款,货\t,{TIMES},,,,,a\t,-30.00,-30.00,0,0,0,0,0,,0,0,R1,0.18,0,\t"
    data = "\n".join(
        [
            "#支付宝业务明细查询",
            "#账号：[2088]",
            "#起止",
            "#---业务明细列表---",
            BUSINESS,
            paid,
            back,
            "#---业务明细列表结束---",
        ]
    )
    bill, lines = read(data.encode("gbk"))

    assert (bill.layout, bill.rows) == ("alipay_business", 2)
    assert [(line.line_id, line.kind, line.in_minor, line.out_minor) for line in lines] == [
        ("T1", Kind.PAYMENT, 10000, 0),
        ("T1:discount", Kind.DISCOUNT, 0, 1000),
        ("T1:fee", Kind.FEE, 0, 54),
        ("T1:R1", Kind.REFUND, 0, 3000),
        ("T1:R1:fee", Kind.FEE_REFUND, 18, 0),
    ]
    assert {line.row_no for line in lines[:3]} == {1}


def test_file_cut_inside_a_character_is_truncated():
    data = alipay_fund([fund_row("L1", "1", 100, name="中文")])
    cut = data[: data.index("中文".encode("gbk")) + 1]

    with pytest.raises(BillError) as caught:
        read(cut)
    assert caught.value.code == "truncated"


def test_file_cut_inside_a_row_is_truncated():
    data = alipay_fund([fund_row("L1", "1", 100), fund_row("L2", "2", 100)])
    cut = data[: data.index(b"L2") + 20]

    with pytest.raises(BillError) as caught:
        read(cut)
    assert (caught.value.code, caught.value.fields["row"]) == ("truncated", 2)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (fund_row("L2", "2", 100).replace("1.00", "一元"), "bad_amount"),
        (fund_row("L2", "2", 100).replace("1.00", "1e400"), "bad_amount"),
        (fund_row("L2", "2", 100).replace("1.00", "NaN"), "bad_amount"),
        (fund_row("L2", "2", 100, at="昨天"), "bad_time"),
        ("L2,only,three", "bad_row"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(row, code):
    with pytest.raises(BillError) as caught:
        read(alipay_fund([fund_row("L1", "1", 100), row, fund_row("L3", "3", 100)]))
    assert (caught.value.code, caught.value.fields["row"]) == (code, 2)


def test_a_comma_in_the_product_name_does_not_shift_the_amounts():
    bill, lines = read(alipay_fund([fund_row("L1", "1", 100, name="袜子,黑,42")]))

    assert (lines[0].in_minor, lines[0].text) == (100, "袜子,黑,42")
    assert bill.warnings == ["stray_comma: row 1", "no_footer"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hello\nworld\n", "no_header"),
        ("", "empty_file"),
        (FUND_HEADER.replace("发生时间", "几点").replace("业务类型", "什么") + "\n", "unknown_columns"),
        ("交易时间,交易分类,交易对方,对方账号,商品说明,收/支,金额,收/付款方式\n", "personal_statement"),
        ("交易时间,微信订单号,商户订单号,交易状态,手续费\n", "wrong_source"),
    ],
)
def test_what_is_no_such_bill_is_refused_with_a_code(text, code):
    with pytest.raises(BillError) as caught:
        read(text.encode("gbk"))
    assert caught.value.code == code


def test_a_bill_saved_as_xlsx_reads_the_same():
    rows = [FUND_HEADER.split(","), fund_row("L1", "T200P51208030442", 100).split(",")]
    [line] = read(xlsx(rows), "bill.xlsx")[1]

    assert (line.line_id, line.order_ref, line.in_minor) == ("L1", "51208030442", 100)
