"""Real-format Shopify bodies for invented purchases: bare orders and refunds, as webhooks carry them."""

import json
from datetime import datetime
from typing import Any

from core.money import to_major
from integrations.channels.purchases import Message, MessageKind, Purchase, PurchaseLine, Stage, numeric_id
from integrations.channels.signatures import digest_key
from oms.domain.canonical import RefundKind, RefundStatus

_FINANCIAL = {Stage.PENDING: "pending", Stage.PAID: "paid", Stage.SHIPPED: "paid", Stage.CANCELLED: "refunded"}
_TRANSACTION = {RefundStatus.SUCCEEDED: "success", RefundStatus.REJECTED: "failure", RefundStatus.CLOSED: "failure"}


def render(purchase: Purchase) -> Message:
    """The order for `orders/paid|updated|cancelled`, or its refund for `refunds/create`."""
    if purchase.refund:
        kind, topic, body = MessageKind.REFUND, "refunds/create", _refund(purchase)
    elif purchase.stage is Stage.CANCELLED:
        kind, topic, body = MessageKind.CANCELLATION, "orders/cancelled", _order(purchase)
    else:
        fresh = purchase.modified_at in (purchase.created_at, purchase.paid_at)
        kind, topic, body = MessageKind.ORDER, "orders/create" if fresh else "orders/updated", _order(purchase)
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(kind, topic, purchase.order_no, digest_key(topic, raw)[:36], raw)


def _order(purchase: Purchase) -> dict[str, Any]:
    amounts = _Amounts(purchase.currency)
    goods = sum(line.net_minor for line in purchase.lines)
    off = purchase.stage is Stage.CANCELLED
    discount = sum(line.discount_minor for line in purchase.lines)
    number = int(purchase.order_no) % 1_000_000
    status = "voided" if off and not purchase.paid_at else _FINANCIAL[purchase.stage]
    return {
        "id": int(purchase.order_no),
        "admin_graphql_api_id": f"gid://shopify/Order/{purchase.order_no}",
        "name": f"#{number}",
        "order_number": number,
        "created_at": _iso(purchase.created_at),
        "updated_at": _iso(purchase.modified_at),
        "processed_at": _iso(purchase.paid_at or purchase.created_at),
        "cancelled_at": _iso(purchase.modified_at) if off else None,
        "cancel_reason": "customer" if off else None,
        "closed_at": None,
        "test": False,
        "currency": purchase.currency,
        "presentment_currency": purchase.currency,
        "financial_status": status,
        "fulfillment_status": "fulfilled" if purchase.stage is Stage.SHIPPED else None,
        "taxes_included": True,
        "total_price": amounts.text(purchase.total_minor),
        "current_total_price": amounts.text(0 if off else purchase.total_minor),
        "subtotal_price": amounts.text(goods),
        "total_discounts": amounts.text(discount),
        "total_tax": amounts.text(0),
        "total_shipping_price_set": amounts.set(purchase.freight_minor),
        "payment_gateway_names": ["alipay"],
        "note": purchase.note or None,
        "tags": "",
        "discount_applications": [_application(discount, amounts)] if discount else [],
        "line_items": [_line(line, off, amounts) for line in purchase.lines],
        "shipping_lines": [_shipping(purchase.freight_minor, amounts)],
        "shipping_address": _address(purchase),
        "customer": {"id": int(digest_key(purchase.buyer.buyer_id)[:12], 16), "first_name": purchase.buyer.name},
        "refunds": [],
        "fulfillments": [],
    }


def _line(line: PurchaseLine, off: bool, amounts: "_Amounts") -> dict[str, Any]:
    allocated = {"amount": amounts.text(line.discount_minor), "discount_application_index": 0}
    return {
        "id": int(line.line_id),
        "variant_id": numeric_id(line.item.listing_id),
        "product_id": int(digest_key(line.item.listing_id)[:10], 16),
        "sku": line.item.sku_code,
        "title": line.item.title,
        "name": line.item.title,
        "variant_title": None,
        "quantity": line.qty,
        "current_quantity": 0 if off else line.qty,
        "fulfillable_quantity": 0 if off else line.qty,
        "price": amounts.text(line.item.price_minor),
        "price_set": amounts.set(line.item.price_minor),
        "requires_shipping": True,
        "gift_card": False,
        "total_discount": amounts.text(0),
        "discount_allocations": [allocated] if line.discount_minor else [],
        "tax_lines": [],
        "properties": [],
    }


def _application(discount: int, amounts: "_Amounts") -> dict[str, str]:
    return {
        "target_type": "line_item",
        "type": "automatic",
        "value": amounts.text(discount),
        "value_type": "fixed_amount",
        "allocation_method": "across",
        "target_selection": "all",
        "title": "满减",
    }


def _shipping(freight: int, amounts: "_Amounts") -> dict[str, Any]:
    price = amounts.text(freight)
    return {"title": "快递", "code": "express", "price": price, "discounted_price": price, "tax_lines": []}


def _address(purchase: Purchase) -> dict[str, str]:
    buyer = purchase.buyer
    return {
        "name": buyer.name,
        "first_name": buyer.name[1:],
        "last_name": buyer.name[0],
        "phone": buyer.phone,
        "country": "China",
        "country_code": "CN",
        "province": buyer.province,
        "city": buyer.city,
        "address1": f"{buyer.district}{buyer.town}{buyer.detail}",
        "zip": buyer.zip,
    }


def _refund(purchase: Purchase) -> dict[str, Any]:
    ask = purchase.refund
    assert ask is not None
    amounts = _Amounts(purchase.currency)
    return {
        "id": int(ask.refund_no),
        "order_id": int(purchase.order_no),
        "created_at": _iso(purchase.modified_at),
        "processed_at": _iso(purchase.modified_at),
        "note": ask.reason,
        "restock": True,
        "refund_line_items": [
            {
                "id": int(ask.refund_no) + 1,
                "line_item_id": int(ask.line_id),
                "quantity": ask.qty,
                "restock_type": "return" if ask.kind is RefundKind.RETURN else "cancel",
                "subtotal": amounts.text(ask.amount_minor),
                "total_tax": amounts.text(0),
            }
        ],
        "transactions": [
            {
                "id": int(ask.refund_no) + 2,
                "order_id": int(purchase.order_no),
                "kind": "refund",
                "status": _TRANSACTION.get(ask.status, "pending"),
                "amount": amounts.text(ask.amount_minor),
                "currency": purchase.currency,
                "gateway": "alipay",
            }
        ],
        "order_adjustments": [],
    }


class _Amounts:
    """Amounts of one currency as Shopify writes them."""

    def __init__(self, currency: str) -> None:
        self._currency = currency

    def text(self, minor: int) -> str:
        return str(to_major(minor, self._currency))

    def set(self, minor: int) -> dict[str, dict[str, str]]:
        money = {"amount": self.text(minor), "currency_code": self._currency}
        return {"shop_money": money, "presentment_money": money}


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
