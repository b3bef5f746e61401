"""Shopify refunds (`refunds/create` and `{"refund": …}`)."""

from integrations.channels import reading
from integrations.channels.fields import Notes, Row, mapping, moment, owed, quantity, rows, text
from integrations.channels.shopify.money import shop_amount
from oms.domain.canonical import CanonicalRefund, RefundKind, RefundStatus


def read_refund(refund: Row, default_currency: str, notes: Notes) -> CanonicalRefund:
    """One refund. Over exactly one line it names that line and its quantity, else the whole order; the lines stand in
    the warnings then. Raises Unreadable `order_no_missing`."""
    order_no = text(refund.get("order_id"))
    if not order_no:
        reading.refuse("order_no_missing", "the refund names no order")
    given = rows(refund.get("transactions"))
    currency = next((text(row.get("currency")) for row in given if text(row.get("currency"))), default_currency)
    if not currency:
        notes.add("currency_missing", "amounts taken as having two decimals")
    lines = rows(refund.get("refund_line_items"))
    for row in lines if len(lines) > 1 else ():
        notes.add("refunded_line", f"{text(row.get('line_item_id'))} x {text(row.get('quantity'))}")
    only = lines[0] if len(lines) == 1 else {}
    line_id = text(only.get("line_item_id"))
    back = any(text(row.get("restock_type")) == "return" for row in lines)
    return CanonicalRefund(
        platform="shopify",
        refund_no=text(refund.get("id")),
        order_no=order_no,
        line_id=line_id,
        kind=RefundKind.RETURN if back else RefundKind.REFUND_ONLY,
        status=_status(given),
        amount_minor=_amount(given, lines, currency),
        currency=currency,
        qty=quantity(only["quantity"], notes, line_id) if "quantity" in only else 0,
        reason=text(refund.get("note")),
        modified_at=moment(refund, "processed_at", notes) or moment(refund, "created_at", notes),
        warnings=notes.all(),
    )


def _status(transactions: list[Row]) -> RefundStatus:
    states = {text(row.get("status")) for row in transactions}
    if not states or "success" in states:
        return RefundStatus.SUCCEEDED
    return RefundStatus.APPROVED if "pending" in states else RefundStatus.REQUESTED


def _amount(transactions: list[Row], lines: list[Row], currency: str) -> int:
    """Money sent back; without transactions (store credit, manual) the lines' own subtotals and tax."""
    money_back = [row for row in transactions if text(row.get("kind")) in ("refund", "void")]
    if money_back:
        return sum(owed(row, "amount", currency) for row in money_back if text(row.get("status")) != "failure")
    total = 0
    for row in lines:
        subtotal = shop_amount(row, "subtotal", currency)
        if subtotal is None:
            item = mapping(row.get("line_item"))
            subtotal = owed(item, "price", currency) * int(text(row.get("quantity")) or 0)
        total += subtotal + (shop_amount(row, "total_tax", currency) or 0)
    return total
