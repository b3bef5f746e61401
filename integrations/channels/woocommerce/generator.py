"""Real-format WooCommerce bodies for invented purchases: wc/v3 orders and refunds."""

import json
from datetime import datetime, timedelta
from typing import Any

from core.money import to_major
from integrations.channels.purchases import Message, MessageKind, Purchase, PurchaseLine, Stage, numeric_id
from integrations.channels.signatures import digest_key
from integrations.channels.woocommerce.words import CHINESE_STATES

_STATUS = {
    Stage.PENDING: "pending",
    Stage.PAID: "processing",
    Stage.SHIPPED: "completed",
    Stage.CANCELLED: "cancelled",
}
_STATE_CODES = {name: code for code, name in CHINESE_STATES.items()}
_SITE_ZONE = timedelta(hours=8)


def render(purchase: Purchase) -> Message:
    """The order for `order.created|order.updated`, or its refund object."""
    if purchase.refund:
        kind, topic, body = MessageKind.REFUND, "refund.created", _refund(purchase)
    elif purchase.stage is Stage.CANCELLED:
        kind, topic, body = MessageKind.CANCELLATION, "order.updated", _order(purchase)
    else:
        fresh = purchase.modified_at in (purchase.created_at, purchase.paid_at)
        kind, topic, body = MessageKind.ORDER, "order.created" if fresh else "order.updated", _order(purchase)
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(kind, topic, purchase.order_no, digest_key(topic, raw)[:32], raw)


def _order(purchase: Purchase) -> dict[str, Any]:
    address = _address(purchase)
    discount = sum(line.discount_minor for line in purchase.lines)
    coupon = {"id": 1, "code": "满减", "discount": _text(discount, purchase), "discount_tax": "0.00"}
    return {
        "id": int(purchase.order_no),
        "parent_id": 0,
        "number": purchase.order_no,
        "order_key": f"wc_order_{digest_key(purchase.order_no)[:13]}",
        "created_via": "checkout",
        "version": "9.4.2",
        "status": _STATUS[purchase.stage],
        "currency": purchase.currency,
        **_times("date_created", purchase.created_at),
        **_times("date_modified", purchase.modified_at),
        **_times("date_paid", purchase.paid_at),
        **_times("date_completed", purchase.modified_at if purchase.stage is Stage.SHIPPED else None),
        "discount_total": _text(discount, purchase),
        "discount_tax": "0.00",
        "shipping_total": _text(purchase.freight_minor, purchase),
        "shipping_tax": "0.00",
        "cart_tax": "0.00",
        "total": _text(purchase.total_minor, purchase),
        "total_tax": "0.00",
        "prices_include_tax": False,
        "customer_id": int(digest_key(purchase.buyer.buyer_id)[:7], 16),
        "customer_note": purchase.note,
        "billing": {**address, "email": "buyer@example.com"},
        "shipping": address,
        "payment_method": "alipay",
        "payment_method_title": "支付宝",
        "transaction_id": f"2026{purchase.order_no}" if purchase.paid_at else "",
        "meta_data": [],
        "line_items": [_line(line, purchase) for line in purchase.lines],
        "tax_lines": [],
        "shipping_lines": [
            {
                "id": int(purchase.order_no) + 90,
                "method_title": "快递",
                "method_id": "flat_rate",
                "total": _text(purchase.freight_minor, purchase),
                "total_tax": "0.00",
                "taxes": [],
                "meta_data": [],
            }
        ],
        "fee_lines": [],
        "coupon_lines": [coupon] if discount else [],
        "refunds": [],
    }


def _line(line: PurchaseLine, purchase: Purchase) -> dict[str, Any]:
    return {
        "id": int(line.line_id),
        "name": line.item.title,
        "product_id": int(digest_key(line.item.listing_id)[:7], 16),
        "variation_id": numeric_id(line.item.listing_id),
        "quantity": line.qty,
        "tax_class": "",
        "subtotal": _text(line.list_minor, purchase),
        "subtotal_tax": "0.00",
        "total": _text(line.net_minor, purchase),
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
        "sku": line.item.sku_code,
        "price": float(to_major(line.net_minor, purchase.currency) / line.qty),
    }


def _address(purchase: Purchase) -> dict[str, str]:
    buyer = purchase.buyer
    province = buyer.province.removesuffix("省").removesuffix("维吾尔自治区").removesuffix("自治区")
    return {
        "first_name": buyer.name[1:],
        "last_name": buyer.name[0],
        "company": "",
        "address_1": f"{buyer.district}{buyer.town}{buyer.detail}",
        "address_2": "",
        "city": buyer.city,
        "state": _STATE_CODES[province],
        "postcode": buyer.zip,
        "country": "CN",
        "phone": buyer.phone,
    }


def _refund(purchase: Purchase) -> dict[str, Any]:
    ask = purchase.refund
    assert ask is not None
    line = next(line for line in purchase.lines if line.line_id == ask.line_id)
    back = f"-{_text(ask.amount_minor, purchase)}"
    link = f"https://shop.example/wp-json/wc/v3/orders/{purchase.order_no}"
    return {
        "id": int(ask.refund_no),
        **_times("date_created", purchase.modified_at),
        "amount": _text(ask.amount_minor, purchase),
        "reason": ask.reason,
        "refunded_by": 1,
        "refunded_payment": True,
        "meta_data": [],
        "line_items": [
            {
                **_line(line, purchase),
                "id": int(ask.refund_no) + 1,
                "quantity": -ask.qty,
                "subtotal": back,
                "total": back,
                "meta_data": [{"id": 1, "key": "_refunded_item_id", "value": ask.line_id}],
            }
        ],
        "_links": {"self": [{"href": f"{link}/refunds/{ask.refund_no}"}], "up": [{"href": link}]},
    }


def _times(name: str, moment: datetime | None) -> dict[str, str | None]:
    """The site's local time and its GMT twin, both without an offset, as WooCommerce writes them."""
    if moment is None:
        return {name: None, f"{name}_gmt": None}
    shown = (moment + _SITE_ZONE).replace(tzinfo=None), moment.replace(tzinfo=None)
    return {name: shown[0].isoformat(timespec="seconds"), f"{name}_gmt": shown[1].isoformat(timespec="seconds")}


def _text(minor: int, purchase: Purchase) -> str:
    return str(to_major(minor, purchase.currency))
