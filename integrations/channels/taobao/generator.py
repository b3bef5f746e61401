"""Real-format Taobao bodies for invented purchases: the full trade as TOP answers it, or a refund."""

import json
from datetime import datetime
from typing import Any

from core.money import to_major
from integrations.channels.purchases import Message, MessageKind, Purchase, PurchaseLine, Stage
from integrations.channels.signatures import digest_key
from integrations.channels.taobao.signing import format_time
from oms.domain.canonical import RefundKind, RefundStatus

_STATUS = {
    Stage.PENDING: "WAIT_BUYER_PAY",
    Stage.PAID: "WAIT_SELLER_SEND_GOODS",
    Stage.SHIPPED: "WAIT_BUYER_CONFIRM_GOODS",
}
_REFUND_STATUS = {
    RefundStatus.REQUESTED: "WAIT_SELLER_AGREE",
    RefundStatus.APPROVED: "WAIT_BUYER_RETURN_GOODS",
    RefundStatus.REJECTED: "SELLER_REFUSE_BUYER",
    RefundStatus.CLOSED: "CLOSED",
    RefundStatus.SUCCEEDED: "SUCCESS",
}


def render(purchase: Purchase) -> Message:
    """The trade as `trade_fullinfo_get_response`, or its refund as `refund_get_response`."""
    if purchase.refund:
        kind, topic, body = MessageKind.REFUND, "taobao_refund_RefundCreated", _refund(purchase)
    elif purchase.stage is Stage.CANCELLED:
        kind, topic, body = MessageKind.CANCELLATION, "taobao_trade_TradeClose", _trade(purchase)
    else:
        kind, topic, body = MessageKind.ORDER, "taobao_trade_TradeBuyerPay", _trade(purchase)
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(kind, topic, purchase.order_no, digest_key(raw), raw)


def _trade(purchase: Purchase) -> dict[str, Any]:
    status, refund_status = _status(purchase)
    buyer = purchase.buyer
    # every other buyer is masked the way the platform does it, with the opaque id in place of the plain text
    masked = int(purchase.order_no) % 2 == 0
    trade: dict[str, Any] = {
        "tid": int(purchase.order_no),
        "type": "fixed",
        "status": status,
        "seller_nick": "示例旗舰店",
        "buyer_nick": buyer.buyer_id,
        "buyer_open_uid": f"AAH{digest_key(buyer.buyer_id)[:21]}",
        "created": format_time(purchase.created_at),
        "modified": format_time(purchase.modified_at),
        "payment": _yuan(purchase.total_minor),
        "post_fee": _yuan(purchase.freight_minor),
        "total_fee": _yuan(sum(line.list_minor for line in purchase.lines)),
        "discount_fee": _yuan(sum(line.discount_minor for line in purchase.lines)),
        "adjust_fee": "0.00",
        "shipping_type": "express",
        "trade_from": "WAP,WAP",
        "seller_flag": 0,
        "buyer_message": purchase.note,
        "receiver_state": buyer.province,
        "receiver_city": buyer.city,
        "receiver_district": buyer.district,
        "receiver_town": buyer.town,
        "receiver_zip": buyer.zip,
        "receiver_name": f"{buyer.name[0]}**" if masked else buyer.name,
        "receiver_mobile": f"*******{buyer.phone[-4:]}" if masked else buyer.phone,
        "receiver_address": f"{buyer.detail[:2]}***" if masked else buyer.detail,
        "orders": {"order": [_order(purchase, line, status, refund_status) for line in purchase.lines]},
    }
    if masked:
        trade["oaid"] = f"1{digest_key(buyer.name, buyer.phone, buyer.detail)}"
    if purchase.paid_at:
        trade["pay_time"] = format_time(purchase.paid_at)
    return {"trade_fullinfo_get_response": {"trade": trade}}


def _status(purchase: Purchase) -> tuple[str, str]:
    if purchase.stage is not Stage.CANCELLED:
        return _STATUS[purchase.stage], "NO_REFUND"
    return ("TRADE_CLOSED", "SUCCESS") if purchase.paid_at else ("TRADE_CLOSED_BY_TAOBAO", "NO_REFUND")


def _order(purchase: Purchase, line: PurchaseLine, status: str, refund_status: str) -> dict[str, Any]:
    alone = len(purchase.lines) == 1
    return {
        "oid": int(purchase.order_no) if alone else int(line.line_id),
        "num": line.qty,
        "price": _yuan(line.item.price_minor),
        "total_fee": _yuan(line.list_minor),
        "discount_fee": "0.00",
        "adjust_fee": "0.00",
        "part_mjz_discount": _yuan(line.discount_minor),
        "divide_order_fee": _yuan(line.net_minor),
        "payment": _yuan(purchase.total_minor if alone else line.list_minor),
        "num_iid": int(digest_key(line.item.listing_id)[:10], 16),
        "sku_id": line.item.listing_id,
        "outer_sku_id": line.item.sku_code,
        "title": line.item.title,
        "status": status,
        "refund_status": refund_status,
        "seller_type": "B",
        "cid": 50010222,
        "order_from": "WAP,WAP",
        "is_oversold": False,
        "snapshot_url": f"k:{line.line_id}_1",
    }


def _refund(purchase: Purchase) -> dict[str, Any]:
    ask = purchase.refund
    assert ask is not None
    back = ask.kind is RefundKind.RETURN
    refund = {
        "refund_id": ask.refund_no,
        "tid": int(purchase.order_no),
        "oid": int(purchase.order_no) if len(purchase.lines) == 1 else int(ask.line_id),
        "status": _REFUND_STATUS[ask.status],
        "good_status": "BUYER_RECEIVED" if back else "BUYER_NOT_RECEIVED",
        "has_good_return": back,
        "refund_fee": _yuan(ask.amount_minor),
        "payment": _yuan(purchase.total_minor),
        "num": ask.qty,
        "reason": ask.reason,
        "created": format_time(purchase.modified_at),
        "modified": format_time(purchase.modified_at),
        "refund_phase": "aftersale" if back else "onsale",
        "refund_version": _milliseconds(purchase.modified_at),
        "buyer_nick": purchase.buyer.buyer_id,
    }
    if ask.kind is RefundKind.EXCHANGE:
        refund["dispute_type"] = "EXCHANGE"
    return {"refund_get_response": {"refund": refund}}


def _yuan(minor: int) -> str:
    return str(to_major(minor))


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
