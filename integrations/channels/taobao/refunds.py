"""Taobao refund objects (`refund_get_response`, `refunds_receive_get_response`, `jdp_tb_refund`)."""

from integrations.channels import reading
from integrations.channels.fields import CHINA, Notes, Row, first, flag, moment, owed, quantity, text
from integrations.channels.taobao import words
from integrations.channels.taobao.money import CURRENCY
from oms.domain.canonical import CanonicalRefund, RefundKind, RefundStatus


def read_refund(refund: Row, notes: Notes) -> CanonicalRefund:
    """One refund application over one sub-order; raises Unreadable `order_no_missing` without a tid."""
    order_no = first(refund, "tid")
    if not order_no:
        reading.refuse("order_no_missing", "the refund has no tid")
    status = text(refund.get("status"))
    if status not in words.REFUND_STATUS:
        notes.add("unknown_status", status or "none given")
    line_id = text(refund.get("oid"))
    return CanonicalRefund(
        platform="taobao",
        refund_no=text(refund.get("refund_id")),
        order_no=order_no,
        line_id=line_id,
        kind=_kind(refund),
        status=words.REFUND_STATUS.get(status, RefundStatus.REQUESTED),
        amount_minor=owed(refund, "refund_fee", CURRENCY),
        currency=CURRENCY,
        qty=quantity(refund["num"], notes, line_id) if text(refund.get("num")) else 0,
        reason=text(refund.get("reason")),
        return_waybill_no=text(refund.get("sid")),
        return_carrier=text(refund.get("company_name")),
        modified_at=moment(refund, "modified", notes, CHINA),
        warnings=notes.all(),
    )


def _kind(refund: Row) -> RefundKind:
    kind = text(refund.get("dispute_type"))
    if kind.upper() in ("EXCHANGE", "TMALL_EXCHANGE") or "换" in kind:
        return RefundKind.EXCHANGE
    return RefundKind.RETURN if flag(refund.get("has_good_return")) else RefundKind.REFUND_ONLY
