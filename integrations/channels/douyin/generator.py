"""Real-format Douyin bodies for invented purchases: the answer of `order.orderDetail`, or an after-sales list."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

from integrations.channels.purchases import Message, MessageKind, Purchase, PurchaseLine, Stage, numeric_id
from integrations.channels.signatures import digest_key
from oms.domain.canonical import RefundKind, RefundStatus

_STATUS = {
    Stage.PENDING: (1, "待支付"),
    Stage.PAID: (2, "备货中"),
    Stage.SHIPPED: (3, "已发货"),
    Stage.CANCELLED: (4, "已取消"),
}
_AFTERSALE = {
    RefundStatus.REQUESTED: 6,
    RefundStatus.APPROVED: 7,
    RefundStatus.REJECTED: 27,
    RefundStatus.CLOSED: 28,
    RefundStatus.SUCCEEDED: 12,
}
_KIND = {RefundKind.RETURN: 0, RefundKind.REFUND_ONLY: 2, RefundKind.EXCHANGE: 3}


def render(purchase: Purchase) -> Message:
    """The order as `shop_order_detail`, or its after-sales form."""
    if purchase.refund:
        kind, topic, data = MessageKind.REFUND, "doudian_refund_RefundCreated", _refund(purchase)
    elif purchase.stage is Stage.CANCELLED:
        kind, topic, data = MessageKind.CANCELLATION, "doudian_trade_TradeCanceled", _order(purchase)
    else:
        kind, topic, data = MessageKind.ORDER, "doudian_trade_TradePaid", _order(purchase)
    body = {"code": 10000, "msg": "success", "sub_code": "", "sub_msg": "", "data": data}
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(kind, topic, purchase.order_no, digest_key(raw), raw)


def _order(purchase: Purchase) -> dict[str, Any]:
    status, described = _STATUS[purchase.stage]
    buyer = purchase.buyer
    areas = {"province": buyer.province, "city": buyer.city, "town": buyer.district, "street": buyer.town}
    address: dict[str, Any] = {level: {"name": name, "id": ""} for level, name in areas.items()}
    listed = sum(line.list_minor for line in purchase.lines)
    order = {
        "shop_id": 4463798,
        "order_id": purchase.order_no,
        "order_status": status,
        "main_status": status,
        "main_status_desc": described,
        "order_type": 0,
        "trade_type": 0,
        "pay_type": 2,
        "create_time": _seconds(purchase.created_at),
        "update_time": _seconds(purchase.modified_at),
        "pay_time": _seconds(purchase.paid_at) if purchase.paid_at else 0,
        "order_amount": listed,
        "pay_amount": purchase.total_minor,
        "post_amount": purchase.freight_minor,
        "promotion_amount": sum(line.discount_minor for line in purchase.lines),
        "doudian_open_id": f"1@#{digest_key(buyer.buyer_id)[:32]}",
        "open_address_id": f"#{digest_key(buyer.name, buyer.phone, buyer.detail)}",
        "buyer_words": purchase.note,
        "seller_words": "",
        "seller_remark_stars": 0,
        "encrypt_post_receiver": _cipher("#", buyer.name),
        "encrypt_post_tel": _cipher("$", buyer.phone),
        "mask_post_receiver": f"{buyer.name[0]}**",
        "mask_post_tel": f"{buyer.phone[:3]}******{buyer.phone[-2:]}",
        "post_addr": {**address, "encrypt_detail": _cipher("~", buyer.detail)},
        "sku_order_list": [_sub_order(purchase, line, status) for line in purchase.lines],
        "logistics_info": [],
    }
    return {"shop_order_detail": order}


def _sub_order(purchase: Purchase, line: PurchaseLine, status: int) -> dict[str, Any]:
    return {
        "order_id": line.line_id,
        "parent_order_id": purchase.order_no,
        "order_status": status,
        "main_status": status,
        "item_num": line.qty,
        "origin_amount": line.item.price_minor,
        "order_amount": line.list_minor,
        "promotion_amount": line.discount_minor,
        "pay_amount": line.net_minor,
        "code": line.item.sku_code,
        "sku_id": line.item.listing_id,
        "product_id": numeric_id(line.item.listing_id),
        "product_name": line.item.title,
        "goods_type": 0,
        "after_sale_info": {"after_sale_status": 0, "after_sale_type": 0, "refund_status": 0},
    }


def _refund(purchase: Purchase) -> dict[str, Any]:
    ask = purchase.refund
    assert ask is not None
    form = {
        "aftersale_id": ask.refund_no,
        "aftersale_type": _KIND[ask.kind],
        "aftersale_status": _AFTERSALE[ask.status],
        "refund_amount": ask.amount_minor,
        "reason": ask.reason,
        "apply_time": _seconds(purchase.modified_at),
        "update_time": _seconds(purchase.modified_at),
    }
    line = {"sku_order_id": ask.line_id, "aftersale_item_num": ask.qty}
    told = {"shop_order_id": purchase.order_no, "related_order_info": [line]}
    return {"items": [{"aftersale_info": form, "order_info": told}], "has_more": False, "total": 1}


def _cipher(mark: str, plain: str) -> str:
    """Something of the shape of Douyin's ciphertext: opaque to us, the same for the same text."""
    return f"{mark * 2}{sha256(plain.encode()).hexdigest()}{mark}1{mark * 2}"


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
