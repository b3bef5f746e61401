"""支付宝: 账务明细 (what moved on the account) and 业务明细 (what was traded). Also what 淘宝/天猫 settle into. Pure.

Columns are bound by name since their order varies between exports (reference: protocols §5.1).
"""

import re

from core.money import to_major
from finance.domain.bills.cells import Amounts, moments, order_ref, tid_in
from finance.domain.bills.kinds import directed, kind_of
from finance.domain.bills.line import BillLine, Kind, Source
from finance.domain.bills.table import Chunk, Layout, Tallies

_KINDS = {
    "在线支付": Kind.PAYMENT,
    "交易付款": Kind.PAYMENT,
    "交易退款": Kind.REFUND,
    "收费": Kind.FEE,
    "退费": Kind.FEE_REFUND,
    "转账": Kind.TRANSFER,
    "提现": Kind.WITHDRAWAL,
}
_FEES = {Kind.FEE, Kind.FEE_REFUND, Kind.FREIGHT}


def _fund(chunk: Chunk) -> list[BillLine]:
    amounts, lines = Amounts(), []
    times = moments(chunk.column("发生时间", "入账时间"))
    columns = zip(
        chunk.rows,
        times,
        chunk.column("账务流水号"),
        chunk.column("业务流水号"),
        chunk.column("商户订单号"),
        chunk.column("业务基础订单号"),
        chunk.column("商品名称"),
        map(amounts.__getitem__, chunk.column("收入金额", "收入")),
        map(amounts.__getitem__, chunk.column("支出金额", "支出")),
        chunk.column("业务类型"),
        chunk.column("备注"),
        strict=True,
    )
    for row_no, (row, at, line_id, trade, merchant, base, name, into, out, kind_text, note) in enumerate(
        columns, chunk.first_no
    ):
        if into < 0 or out < 0:  # newer exports write the outgoing amount with its sign
            into, out = max(into, 0), abs(out) + max(-into, 0)
        kind = _KINDS.get(kind_text) or kind_of(f"{kind_text} {name} {note}")
        if kind is not Kind.PAYMENT or out:
            kind = directed(kind, into, out)
        ref = order_ref(merchant or base)
        if kind in _FEES and (not ref or ref == merchant):
            ref = tid_in(note) or tid_in(name) or ref
        lines.append(
            BillLine(
                line_id or chunk.fingerprint(row), row_no, kind, at, ref, trade, into, out, "CNY",
                note or name or kind_text, row,
            )
        )  # fmt: skip
    return lines


def _business(chunk: Chunk) -> list[BillLine]:
    """Refund rows carry negative amounts; the service charge is a line of its own."""
    amounts, lines = Amounts(), []
    columns = zip(
        chunk.rows,
        moments([done or made for done, made in zip(chunk.column("完成时间"), chunk.column("创建时间"), strict=True)]),
        chunk.column("支付宝交易号"),
        chunk.column("商户订单号"),
        chunk.column("业务类型"),
        chunk.column("商品名称"),
        map(amounts.__getitem__, chunk.column("订单金额")),
        map(amounts.__getitem__, chunk.column("商家实收")),
        chunk.column("退款批次号/请求号", "退款批次号"),
        map(amounts.__getitem__, chunk.column("服务费")),
        map(amounts.__getitem__, chunk.column("分润")),
        strict=True,
    )
    for row_no, (row, at, trade, merchant, kind_text, name, gross, net, batch, fee, share) in enumerate(
        columns, chunk.first_no
    ):
        refund = "退款" in kind_text or gross < 0
        total, received = abs(gross or net), abs(net)
        line = BillLine(
            f"{trade}:{batch or 'refund'}" if refund else trade or chunk.fingerprint(row),
            row_no, Kind.REFUND if refund else Kind.PAYMENT, at, order_ref(merchant), trade,
            0 if refund else total, total if refund else 0, "CNY", name, row,
        )  # fmt: skip
        lines.append(line)
        charge = Kind.FEE_REFUND if refund else Kind.FEE
        asides = [
            ("discount", Kind.DISCOUNT, total - received),
            ("fee", charge, abs(fee)),
            ("share", charge, abs(share)),
        ]
        lines += [line.aside(suffix, kind, amount, inward=refund) for suffix, kind, amount in asides if amount > 0]
    return lines


_TOTAL = re.compile(r"(支出|收入)合计[：:]\s*(\d+)笔[，,]\s*共?([\d.,]+)元")


def _check_fund(footer: list[str], tallies: Tallies, rows: int) -> list[str]:
    """`#收入合计：18笔，共14989.00元` against what was read."""
    declared = {side: (int(count), amount) for side, count, amount in _TOTAL.findall("\n".join(footer))}
    if not declared:
        return [] if not rows else ["no_footer"]
    read = {
        "收入": sum(tally.in_minor for tally in tallies.values()),
        "支出": sum(tally.out_minor for tally in tallies.values()),
    }
    return [
        f"totals_mismatch: {side} {to_major(Amounts()[amount])} ≠ {to_major(read[side])}"
        for side, (_count, amount) in declared.items()
        if abs(Amounts()[amount]) != read[side]
    ]


LAYOUTS = [
    Layout(
        "alipay_fund",
        Source.ALIPAY,
        frozenset({"账务流水号", "商户订单号", "发生时间", "收入金额", "支出金额", "业务类型"}),
        _fund,
        _check_fund,
        absorbs="商品名称",
    ),
    Layout(
        "alipay_business",
        Source.ALIPAY,
        frozenset({"支付宝交易号", "商户订单号", "业务类型", "完成时间", "订单金额", "商家实收"}),
        _business,
        absorbs="商品名称",
    ),
]
