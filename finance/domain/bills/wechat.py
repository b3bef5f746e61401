"""微信支付: the trade bill (v2 and v3, type ALL) and the fund bill. Pure.

Every data cell begins with a backquote (reference: protocols §5.2). The trade bill names the order's full price and
the price after coupons the merchant bears; the difference becomes a line of its own, so that both add up.
"""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

from core.money import to_major
from finance.domain.bills.cells import Amounts, clean, moments, order_ref
from finance.domain.bills.kinds import directed, kind_of
from finance.domain.bills.line import BillLine, Kind, Source
from finance.domain.bills.table import Chunk, Layout, Tallies, Tally

_PAID_TOTALS, _REFUND_TOTALS = ("订单总金额", "总交易额"), ("申请退款总金额", "总退款金额")
_NONE = {"", "0"}  # how the bill writes "no such number"


class _Currencies(defaultdict[str, Amounts]):
    def __missing__(self, currency: str) -> Amounts:
        self[currency] = Amounts(currency)
        return self[currency]


def _trade(chunk: Chunk) -> list[BillLine]:
    amounts, lines = _Currencies(), []
    gross_refunds = chunk.column("申请退款金额" if chunk.has("申请退款金额") else "退款金额")
    columns = zip(
        chunk.rows,
        moments(chunk.column("交易时间")),
        chunk.column("微信订单号"),
        chunk.column("商户订单号"),
        chunk.column("交易状态"),
        chunk.column("货币种类"),
        chunk.column("订单金额", "总金额"),
        chunk.column("应结订单金额", "总金额"),
        chunk.column("微信退款单号"),
        gross_refunds,
        chunk.column("退款金额"),
        chunk.column("商品名称"),
        chunk.column("手续费"),
        strict=True,
    )
    for row_no, (row, at, trade, merchant, state, currency, full, due, refund_no, asked, given, name, fee) in enumerate(
        columns, chunk.first_no
    ):
        minor, cells = amounts[currency or "CNY"], row
        back = state in {"REFUND", "REVOKED"}
        gross, net = (abs(minor[asked]), abs(minor[given])) if back else (minor[full], minor[due])
        total, charge = gross or net, minor[fee]
        line = BillLine(
            (f"R{refund_no}" if refund_no not in _NONE else f"{trade}:{state}") if back else trade,
            row_no, Kind.REFUND if back else Kind.PAYMENT, at, order_ref(merchant), trade,
            0 if back else total, total if back else 0, minor.currency, name, cells,
        )  # fmt: skip
        lines.append(line)
        if net < total:
            lines.append(line.aside("discount", Kind.DISCOUNT, total - net, inward=back))
        if charge:
            kind = Kind.FEE if charge > 0 else Kind.FEE_REFUND
            lines.append(line.aside("fee", kind, abs(charge), inward=charge < 0))
    return lines


def _fund(chunk: Chunk) -> list[BillLine]:
    amounts, lines = Amounts(), []
    columns = zip(
        chunk.rows,
        moments(chunk.column("记账时间")),
        chunk.column("微信支付业务单号"),
        chunk.column("资金流水单号"),
        chunk.column("业务名称"),
        chunk.column("业务类型"),
        chunk.column("收支类型"),
        map(amounts.__getitem__, chunk.column("收支金额")),
        chunk.column("备注"),
        chunk.column("业务凭证号"),
        strict=True,
    )
    for row_no, (row, at, trade, line_id, name, kind_text, way, amount, note, voucher) in enumerate(
        columns, chunk.first_no
    ):
        into, out = (abs(amount), 0) if way.startswith("收") else (0, abs(amount))
        kind = directed(kind_of(f"{kind_text} {name}"), into, out)
        ref = order_ref(voucher) if kind in {Kind.PAYMENT, Kind.REFUND} else ""
        lines.append(
            BillLine(
                f"F{line_id}" if line_id else chunk.fingerprint(row), row_no, kind, at, ref, trade, into, out, "CNY",
                note or name, row,
            )
        )  # fmt: skip
    return lines


def _footer(footer: list[str], marker: str) -> dict[str, str]:
    """The two closing rows as a mapping; {} when the file has none."""
    for names, values in pairwise(footer):
        if names.startswith(marker):
            return dict(zip(names.split(","), (clean(cell) for cell in values.split(",")), strict=False))
    return {}


def _check_trade(footer: list[str], tallies: Tallies, rows: int) -> list[str]:
    totals = _footer(footer, "总交易单数")
    if not totals:
        return ["no_footer"]
    amounts = Amounts()
    paid = tallies.get(Kind.PAYMENT, Tally()).in_minor
    refunded = tallies.get(Kind.REFUND, Tally()).out_minor
    declared = [
        ("总交易单数", Decimal(totals["总交易单数"]) if totals["总交易单数"].isdigit() else Decimal(0), Decimal(rows)),
        *((name, to_major(amounts[totals[name]]), to_major(paid)) for name in _PAID_TOTALS if name in totals),
        *((name, to_major(amounts[totals[name]]), to_major(refunded)) for name in _REFUND_TOTALS if name in totals),
    ]
    return [f"totals_mismatch: {name} {said} ≠ {read}" for name, said, read in declared if said != read]


def _check_fund(footer: list[str], tallies: Tallies, rows: int) -> list[str]:
    totals = _footer(footer, "资金流水总笔数")
    if not totals:
        return ["no_footer"]
    amounts = Amounts()
    read = {
        "收入金额": sum(tally.in_minor for tally in tallies.values()),
        "支出金额": sum(tally.out_minor for tally in tallies.values()),
    }
    return [
        f"totals_mismatch: {name} {to_major(amounts[totals[name]])} ≠ {to_major(value)}"
        for name, value in read.items()
        if name in totals and amounts[totals[name]] != value
    ]


LAYOUTS = [
    Layout(
        "wechat_trade",
        Source.WECHAT,
        frozenset({"交易时间", "微信订单号", "商户订单号", "交易状态", "手续费"}),
        _trade,
        _check_trade,
        shielded=True,
        absorbs="商品名称",
    ),
    Layout(
        "wechat_fund",
        Source.WECHAT,
        frozenset({"记账时间", "资金流水单号", "收支类型", "收支金额"}),
        _fund,
        _check_fund,
        shielded=True,
        absorbs="备注",
    ),
]
