"""Any table with columns we can name: a bank's statement, a payment provider's payout, a hand-made list. Pure."""

from collections.abc import Mapping

from finance.domain.bills.cells import Amounts, header_name, moments, order_ref
from finance.domain.bills.kinds import directed, kind_of
from finance.domain.bills.line import BillError, BillLine, Kind, Source
from finance.domain.bills.table import Chunk, Layout

# Role -> what people call that column, most telling first.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "at": ("发生时间", "交易时间", "入账时间", "支付时间", "记账日期", "交易日期", "时间", "日期", "transactiondate",
           "transaction_date", "occurred_at", "createdat", "created_at", "created", "datetime", "date", "time"),
    "amount": ("金额", "交易金额", "实收金额", "发生额", "amount", "gross", "total"),
    "into": ("收入金额", "收入", "贷方发生额", "贷方金额", "credit", "in", "money_in"),
    "out": ("支出金额", "支出", "借方发生额", "借方金额", "debit", "out", "money_out"),
    "order": ("商户订单号", "订单编号", "订单号", "平台订单号", "orderno", "order_no", "orderid", "order_id",
              "ordernumber", "order_number", "order", "reference"),
    "trade": ("交易号", "支付单号", "transactionid", "transaction_id", "trade_no", "payment_id"),
    "id": ("账务流水号", "流水号", "明细编号", "lineid", "line_id", "id"),
    "kind": ("业务类型", "交易类型", "费用项", "类型", "type", "kind", "category"),
    "fee": ("手续费", "服务费", "fee", "fees"),
    "currency": ("币种", "货币种类", "currency"),
    "text": ("备注", "摘要", "说明", "description", "memo", "note", "text"),
}  # fmt: skip
_CURRENCIES = {"": "CNY", "人民币": "CNY", "RMB": "CNY", "元": "CNY"}


def layouts(mapping: Mapping[str, str] | None = None) -> list[Layout]:
    """Formats to try. `mapping` (role -> column name) replaces the guess for the roles it names.

    Raises BillError (unknown_columns) for a role that does not exist.
    """
    if unknown := sorted(set(mapping or ()) - ALIASES.keys()):
        raise BillError("unknown_columns", "There is no such role for a column.", {"roles": unknown})
    given = {role: (header_name(name),) for role, name in (mapping or {}).items() if name}
    roles = {**ALIASES, **given}
    found = []
    for at in roles["at"]:
        found += [_layout(roles, {at, amount}) for amount in roles["amount"]]
        found += [_layout(roles, {at, into, out}) for into in roles["into"] for out in roles["out"]]
    return found


def _layout(roles: Mapping[str, tuple[str, ...]], required: set[str]) -> Layout:
    return Layout("generic", Source.GENERIC, frozenset(required), lambda chunk: _build(chunk, roles), shielded=True)


def _build(chunk: Chunk, roles: Mapping[str, tuple[str, ...]]) -> list[BillLine]:
    lines: list[BillLine] = []
    by_currency: dict[str, Amounts] = {}
    columns = zip(
        chunk.rows,
        moments(chunk.column(*roles["at"])),
        *(chunk.column(*roles[role]) for role in ("order", "trade", "id", "kind", "text", "currency")),
        *(chunk.column(*roles[role]) for role in ("amount", "into", "out", "fee")),
        strict=True,
    )
    for row_no, (row, at, order, trade, line_id, kind_text, text, money, amount, into, out, fee) in enumerate(
        columns, chunk.first_no
    ):
        currency = _CURRENCIES.get(money.upper(), money.upper())
        minor = by_currency.setdefault(currency, Amounts(currency))
        net = minor[into] - abs(minor[out]) if into or out else minor[amount]
        kind = _kind(kind_text, text, order, net)
        # A column of unsigned amounts says by its type column that a refund or a fee went out.
        if net > 0 and not (into or out) and kind in {Kind.REFUND, Kind.FEE, Kind.WITHDRAWAL}:
            net = -net
        line = BillLine(
            f"{line_id}:{kind}" if line_id else chunk.fingerprint(row), row_no,
            directed(kind, max(net, 0), max(-net, 0)), at, order_ref(order.lstrip("#")), trade,
            max(net, 0), max(-net, 0), currency, text or kind_text, row,
        )  # fmt: skip
        lines.append(line)
        if charge := minor[fee]:
            # Next to a payment a fee is a cost whatever its sign; next to a refund it is given back.
            back = line.kind is Kind.REFUND
            lines.append(line.aside("fee", Kind.FEE_REFUND if back else Kind.FEE, abs(charge), inward=back))
    return lines


def _kind(kind_text: str, text: str, order: str, net: int) -> Kind:
    said = kind_of(kind_text) or (None if kind_text else kind_of(text))
    if said is not None:
        return Kind.REFUND if said is Kind.PAYMENT and net < 0 and order else said
    if not order:
        return Kind.OTHER
    return Kind.PAYMENT if net >= 0 else Kind.REFUND
