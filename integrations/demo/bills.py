"""Bill files as the payment side would make them, from what the platforms know; never from our own books."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.clock import BUSINESS_ZONE
from core.money import to_major
from integrations.channels.purchases import Purchase
from oms.domain.canonical import RefundStatus

COMMISSION_BP = 60  # 0.6 %
_ALIPAY_COLUMNS = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,"
    "收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注"
)


def alipay(orders: Iterable[Purchase], refunds: Iterable[Purchase], at: datetime) -> bytes:
    """An Alipay 账务明细 in GBK: a payment and a commission row per order, a refund row per settled refund."""
    rows, balance, serial = [], 0, 0

    def row(ref: str, when: datetime, in_fen: int, out_fen: int, kind: str, note: str) -> None:
        nonlocal balance, serial
        serial += 1
        balance += in_fen - out_fen
        moment = when.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        cells = [
            f"{at:%Y%m%d}{serial:010d}\t", f"B{serial:012d}\t", f"{ref}\t", "演示商品", moment, "\t",
            f"{to_major(in_fen)}", f"{-to_major(out_fen)}" if out_fen else "0.00", f"{to_major(balance)}", "支付宝",
            kind, note,
        ]  # fmt: skip
        rows.append(",".join(cells))

    income = outgo = 0
    for order in orders:
        fee = order.total_minor * COMMISSION_BP // 10_000
        row(f"T200P{order.order_no}", order.paid_at or at, order.total_minor, 0, "交易付款", "")
        row(
            "",
            (order.paid_at or at) + timedelta(seconds=1),
            0,
            fee,
            "收费",
            f"天猫佣金（类目）{{{order.order_no}}}扣款",
        )
        income, outgo = income + order.total_minor, outgo + fee
    for order in refunds:
        if order.refund and order.refund.status == RefundStatus.SUCCEEDED:
            row(f"T200P{order.order_no}", order.modified_at, 0, order.refund.amount_minor, "交易退款", "售后退款")
            outgo += order.refund.amount_minor
    head = ["#支付宝账务明细查询", "#账号：[demo@example.com]", "#-----------账务明细列表-----------", _ALIPAY_COLUMNS]
    tail = [
        "#-----------账务明细列表结束-----------",
        f"#支出合计：-{to_major(outgo)}元",
        f"#收入合计：{to_major(income)}元",
    ]
    return "\r\n".join([*head, *rows, *tail, ""]).encode("gbk")


def generic(orders: Iterable[Purchase], refunds: Iterable[Purchase]) -> bytes:
    """A plain UTF-8 table, as a bank or payment provider exports it."""
    lines = ["流水号,订单号,时间,类型,收入,支出,备注"]
    for index, order in enumerate(orders, start=1):
        when = (order.paid_at or order.created_at).astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"G{order.order_no},{order.order_no},{when},收款,{to_major(order.total_minor)},0.00,")
        fee = order.total_minor * COMMISSION_BP // 10_000
        lines.append(f"F{order.order_no},{order.order_no},{when},手续费,0.00,{to_major(fee)},{index}")
    for order in refunds:
        if order.refund and order.refund.status == RefundStatus.SUCCEEDED:
            when = order.modified_at.astimezone(BUSINESS_ZONE).strftime("%Y-%m-%d %H:%M:%S")
            amount = to_major(order.refund.amount_minor)
            lines.append(f"R{order.refund.refund_no},{order.order_no},{when},退款,0.00,{amount},")
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
