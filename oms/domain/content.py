"""From a platform's version of an order to ours: which version wins, and what it says. Pure."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

from oms.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReceiver, LineRefund, OrderState, RefundStatus
from oms.domain.order import Order, Row

# At equal modification times the later stage of life wins, so that every order of arrival ends the same.
_STAGE = {
    OrderState.PENDING: 0,
    OrderState.PAID: 1,
    OrderState.PARTIALLY_REFUNDED: 2,
    OrderState.REFUNDED: 3,
    OrderState.CANCELLED: 4,
}
_REFUND_LIFE = {
    RefundStatus.REQUESTED: 0,
    RefundStatus.APPROVED: 1,
    RefundStatus.REJECTED: 2,
    RefundStatus.CLOSED: 3,
    RefundStatus.SUCCEEDED: 4,
}
_REFUND_STAGE = {LineRefund.NONE: 0, LineRefund.REQUESTED: 1, LineRefund.REFUNDED: 2}
Matched = tuple[int | None, int | None]  # the SKU; the one that a listing in doubt stood for before
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RECEIVER = attrgetter(*(field.name for field in fields(CanonicalReceiver)))


def normal(text: str) -> str:
    """Text compared by meaning: full-width and half-width alike, runs of white space as one."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def fingerprint(order: CanonicalOrder) -> str:
    """Canonical text of everything that makes this version what it is; its keyed hash is the content hash.

    Independent of line order, white space, character width and the time of modification. Unambiguous: it is JSON.
    """
    receiver = [normal(str(value)) for value in _RECEIVER(order.receiver)] if order.receiver else None
    lines = sorted(
        [str(value) if not isinstance(value, int) else value for value in _key(line)] for line in order.lines
    )
    return json.dumps(
        [
            order.platform, order.order_no, order.state, order.currency, order.paid_minor, order.freight_minor,
            order.shippable, order.hold_code, normal(order.buyer_note), normal(order.seller_note), order.seller_flag,
            receiver, lines, *([part.kind, part.amount_minor] for part in order.adjustments),
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip


def _key(line: CanonicalLine) -> tuple[Any, ...]:
    return (
        line.line_id, line.sku.strip(), line.listing_id.strip(), line.qty, line.net_minor, line.refund.value,
        line.requires_shipping, line.parent_line_id,
    )  # fmt: skip


def version_key(
    modified_at: datetime | None, state: str, refund_stage: int, content_hash: str
) -> tuple[datetime, int, int, str]:
    """Total order over versions of one order: by modification time, then stage of life, then hash."""
    return (modified_at or _EPOCH, _STAGE[OrderState(state)], refund_stage, content_hash)


def key_of(order: CanonicalOrder, content_hash: str) -> tuple[datetime, int, int, str]:
    stage = sum(_REFUND_STAGE[line.refund] for line in order.lines)
    return version_key(order.modified_at, order.state, stage, content_hash)


def key_in_force(order: Order) -> tuple[datetime, int, int, str]:
    """The version key of what we hold."""
    modified = order.header["platform_modified_at"]
    stage = sum(_REFUND_STAGE[LineRefund(line["refund"])] for line in order.lines.values() if line["current"])
    return version_key(
        datetime.fromisoformat(modified) if modified else None,
        order.header["pay_state"],
        stage,
        order.header["content_hash"],
    )


def refund_key(refund: Mapping[str, Any]) -> tuple[str, int, str]:
    """Total order over what was told of one refund: by time, then stage of life, then content. `refund` is the payload
    of `REFUND_REPORTED`, whose times are ISO texts in UTC."""
    content = json.dumps([refund["line_id"], refund["kind"], refund["amount_minor"], refund["qty"]])
    return (refund["modified_at"] or "", _REFUND_LIFE[RefundStatus(refund["status"])], content)


def line_rows(canonical: CanonicalOrder, before: Mapping[int, Row], skus: Mapping[str, Matched]) -> list[Row]:
    """The order's lines after this version. A line keeps its number for life; one that the version no longer names
    stays with quantity 0, since sub-orders may refer to it. `skus` maps line ids to what they were matched to."""
    numbers = {line["line_id"]: no for no, line in before.items()}
    rows = []
    for line in canonical.lines:
        no = numbers.setdefault(line.line_id, len(numbers) + 1)
        rows.append(
            {
                "line_no": no,
                "line_id": line.line_id[:80],
                "platform_sku": line.sku[:120],
                "listing_id": line.listing_id[:120],
                "title": line.title[:200],
                "qty": line.qty,
                "unit_price_minor": line.unit_price_minor,
                "net_minor": line.net_minor,
                "refund": line.refund.value,
                "requires_shipping": line.requires_shipping,
                "parent_line_id": line.parent_line_id[:80],
                "sku_id": skus[line.line_id][0],
                "was_sku_id": skus[line.line_id][1],
                "current": True,
            }
        )
    named = {row["line_no"] for row in rows}
    rows.extend({**line, "qty": 0, "net_minor": 0, "current": False} for no, line in before.items() if no not in named)
    return sorted(rows, key=lambda row: row["line_no"])


def receiver_text(receiver: CanonicalReceiver) -> str:
    """What makes two receivers the same: the platform's handle if it gives one, else name, phone and address."""
    if receiver.oaid:
        return f"oaid:{receiver.oaid}"
    parts = [receiver.name, receiver.phone, receiver.province, receiver.city, receiver.district, receiver.detail]
    return "\x1f".join(normal(part) for part in parts)


def changes_between(before: Order, header: Mapping[str, Any], lines: list[Row]) -> list[str]:
    """Names of what this version changes, for the timeline."""
    watched = {
        "pay_state": "payment", "paid_minor": "amount", "receiver_key": "receiver", "freight_minor": "freight",
        "adjustments": "adjustments", "buyer_note": "buyer_note", "seller_note": "seller_note",
        "seller_flag": "seller_flag", "shippable": "release",
    }  # fmt: skip
    changed = [name for key, name in watched.items() if before.header.get(key) != header.get(key)]
    old = {line["line_id"]: (line["qty"], line["net_minor"], line["refund"]) for line in before.lines.values()}
    new = {line["line_id"]: (line["qty"], line["net_minor"], line["refund"]) for line in lines}
    return changed + (["lines"] if old != new else [])
