"""京东: 结算单明细 (京东钱包 / 结算明细). Pure.

The direction is said by 商家应收/应付 (or 收支方向), not by the number's sign (reference: protocols §5.3).
"""

from finance.domain.bills.cells import Amounts, moments
from finance.domain.bills.kinds import directed, kind_of
from finance.domain.bills.line import BillError, BillLine, Kind, Source
from finance.domain.bills.table import Chunk, Layout

_INWARD = ("应收", "收入", "收")
_OUTWARD = ("应付", "支出", "付", "支")
_KINDS = {
    "货款": Kind.PAYMENT,
    "佣金": Kind.FEE,
    "交易服务费": Kind.FEE,
    "价保返佣": Kind.FEE_REFUND,
    "商品保险服务费": Kind.FEE,
    "售后卖家赔付费": Kind.FEE,
    "运费": Kind.FREIGHT,
}
_CURRENCIES = {"": "CNY", "人民币": "CNY", "RMB": "CNY", "元": "CNY"}


def _inward(due: str, way: str, amount: int) -> bool:
    said = due or way
    if said.startswith(_INWARD):
        return True
    if said.startswith(_OUTWARD):
        return False
    if said:
        raise BillError("bad_row", "The direction is neither receivable nor payable.", {"cell": said[:20]})
    return amount >= 0


def _settlement(chunk: Chunk) -> list[BillLine]:
    amounts, lines = Amounts(), []
    times = [
        happened or billed or settled or day
        for happened, billed, settled, day in zip(
            chunk.column("费用发生时间"),
            chunk.column("费用计费时间"),
            chunk.column("费用结算时间"),
            chunk.column("账单日期", "对账日期"),
            strict=True,
        )
    ]
    columns = zip(
        chunk.rows,
        moments(times),
        chunk.column("订单编号", "订单号"),
        chunk.column("单据编号"),
        chunk.column("单据类型"),
        chunk.column("商品编号"),
        chunk.column("商品名称"),
        chunk.column("费用项"),
        map(amounts.__getitem__, chunk.column("金额")),
        chunk.column("币种"),
        chunk.column("商家应收/应付"),
        chunk.column("收支方向"),
        chunk.column("钱包结算备注", "备注"),
        strict=True,
    )
    for row_no, (row, at, order, paper, paper_type, sku, name, item, amount, currency, due, way, note) in enumerate(
        columns, chunk.first_no
    ):
        inward = _inward(due, way, amount)
        into, out = (abs(amount), 0) if inward else (0, abs(amount))
        kind = _KINDS.get(item) or kind_of(item)
        # Goods money that leaves us is the buyer's refund.
        kind = Kind.REFUND if kind is Kind.PAYMENT and not inward else directed(kind, into, out)
        line_id = chunk.fingerprint(row, paper, paper_type, order, sku, item, str(into - out), at.isoformat())
        lines.append(
            BillLine(
                line_id, row_no, kind, at, order, paper, into, out, _CURRENCIES.get(currency, currency),
                note or f"{item} {name}".strip(), row,
            )
        )  # fmt: skip
    return lines


LAYOUTS = [
    Layout(
        "jd_settlement",
        Source.JD,
        frozenset({"单据编号", "费用项", "金额"}),
        _settlement,
        shielded=True,
        absorbs="商品名称",
    )
]
