"""Events of our own schema for invented purchases."""

import json
from typing import Any

from integrations.channels.purchases import Message, MessageKind, Purchase, Stage
from integrations.channels.signatures import digest_key

_TYPES = {
    Stage.PENDING: "order.created",
    Stage.PAID: "order.paid",
    Stage.SHIPPED: "order.updated",
    Stage.CANCELLED: "order.cancelled",
}


def render(purchase: Purchase) -> Message:
    """An order event, or `refund.created` / `refund.updated`."""
    topic = "refund.created" if purchase.refund else _TYPES[purchase.stage]
    kind = MessageKind.CANCELLATION if purchase.stage is Stage.CANCELLED else MessageKind.ORDER
    data = _refund(purchase) if purchase.refund else _order(purchase)
    event = {"type": topic, "timestamp": purchase.modified_at.isoformat(), "data": data}
    raw = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
    delivery_id = f"msg_{digest_key(raw)[:27]}"
    return Message(MessageKind.REFUND if purchase.refund else kind, topic, purchase.order_no, delivery_id, raw)


def _order(purchase: Purchase) -> dict[str, Any]:
    buyer = purchase.buyer
    cancelled = purchase.stage is Stage.CANCELLED
    return {
        "order_no": purchase.order_no,
        "currency": purchase.currency,
        "state": "cancelled" if cancelled else "paid" if purchase.paid_at else "pending",
        "created_at": purchase.created_at.isoformat(),
        "modified_at": purchase.modified_at.isoformat(),
        "paid_at": purchase.paid_at.isoformat() if purchase.paid_at else None,
        "paid_minor": purchase.total_minor if purchase.paid_at else 0,
        "freight_minor": purchase.freight_minor,
        "buyer_id": buyer.buyer_id,
        "buyer_note": purchase.note,
        "lines": [
            {
                "line_id": line.line_id,
                "sku": line.item.sku_code,
                "listing_id": line.item.listing_id,
                "title": line.item.title,
                "qty": line.qty,
                "unit_price_minor": line.item.price_minor,
                "net_minor": line.net_minor,
            }
            for line in purchase.lines
        ],
        "receiver": {
            "name": buyer.name,
            "phone": buyer.phone,
            "country": "CN",
            "province": buyer.province,
            "city": buyer.city,
            "district": buyer.district,
            "town": buyer.town,
            "detail": buyer.detail,
            "zip": buyer.zip,
        },
    }


def _refund(purchase: Purchase) -> dict[str, Any]:
    ask = purchase.refund
    assert ask is not None
    return {
        "refund_no": ask.refund_no,
        "order_no": purchase.order_no,
        "line_id": ask.line_id,
        "kind": ask.kind.value,
        "status": ask.status.value,
        "amount_minor": ask.amount_minor,
        "currency": purchase.currency,
        "qty": ask.qty,
        "reason": ask.reason,
        "modified_at": purchase.modified_at.isoformat(),
    }
