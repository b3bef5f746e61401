"""WooCommerce refund objects (`GET /orders/<id>/refunds/<id>`): amounts and quantities of lines are negative."""

import re

from integrations.channels import reading
from integrations.channels.fields import Notes, Row, mapping, moment, owed, quantity, rows, text
from integrations.channels.woocommerce.bundles import meta
from oms.domain.canonical import CanonicalRefund, RefundKind, RefundStatus

_ORDER_IN_LINK = re.compile(r"/orders/(\d+)(?:/|$)")


def is_refund(row: Row) -> bool:
    """Refunds alone carry `amount` with `refunded_by` or `refunded_payment`."""
    return "amount" in row and bool({"refunded_by", "refunded_payment"} & row.keys())


def read_refund(refund: Row, default_currency: str, notes: Notes) -> CanonicalRefund:
    """One refund, already made when Woo tells of it. Its order stands in `parent_id` or only in its links.

    Over exactly one line it names that line (`_refunded_item_id`), else the whole order with the lines as warnings.
    """
    order_no = _order_no(refund)
    if not order_no:
        reading.refuse("order_no_missing", "the refund names no order")
    currency = text(refund.get("currency")) or default_currency
    if not currency:
        notes.add("currency_missing", "amounts taken as having two decimals")
    lines = rows(refund.get("line_items"))
    for row in lines if len(lines) > 1 else ():
        notes.add("refunded_line", f"{meta(row, '_refunded_item_id')} x {text(row.get('quantity')).lstrip('-')}")
    only = lines[0] if len(lines) == 1 else {}
    line_id = meta(only, "_refunded_item_id")
    return CanonicalRefund(
        platform="woocommerce",
        refund_no=text(refund.get("id")),
        order_no=order_no,
        line_id=line_id,
        kind=RefundKind.REFUND_ONLY,
        status=RefundStatus.SUCCEEDED,
        amount_minor=abs(owed(refund, "amount", currency, signed=True)),
        currency=currency,
        qty=quantity(text(only.get("quantity")).lstrip("-"), notes, line_id) if only else 0,
        reason=text(refund.get("reason")),
        modified_at=moment(refund, "date_created_gmt", notes) or moment(refund, "date_created", notes),
        warnings=notes.all(),
    )


def _order_no(refund: Row) -> str:
    parent = text(refund.get("parent_id"))
    if parent not in ("", "0"):
        return parent
    for name in ("up", "self"):
        for link in rows(mapping(refund.get("_links")).get(name)):
            if match := _ORDER_IN_LINK.search(text(link.get("href"))):
                return match[1]
    return ""
