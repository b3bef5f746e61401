"""Real-format JD bodies for invented purchases: one `jingdong.pop.order.get` answer, or a refund application list."""

import base64
import json
from hashlib import sha512
from typing import Any

from core.money import to_major
from integrations.channels.jd.signing import format_time
from integrations.channels.purchases import Message, MessageKind, Purchase, Stage
from integrations.channels.signatures import digest_key
from oms.domain.canonical import RefundStatus

_STATE = {
    Stage.PENDING: ("NOT_PAY", "等待付款"),
    Stage.PAID: ("WAIT_SELLER_STOCK_OUT", "等待出库"),
    Stage.SHIPPED: ("WAIT_GOODS_RECEIVE_CONFIRM", "等待确认收货"),
    Stage.CANCELLED: ("TRADE_CANCELED", "取消"),
}
_REFUND_STATUS = {
    RefundStatus.REQUESTED: 0,
    RefundStatus.APPROVED: 1,
    RefundStatus.REJECTED: 2,
    RefundStatus.CLOSED: 2,
    RefundStatus.SUCCEEDED: 3,
}


def render(purchase: Purchase) -> Message:
    """The order as `jingdong_pop_order_get_responce`, or its refund application."""
    if purchase.refund:
        kind, topic, body = MessageKind.REFUND, "jd_refund_apply", _refund(purchase)
    elif purchase.stage is Stage.CANCELLED:
        kind, topic, body = MessageKind.CANCELLATION, "jd_order_cancel", _order(purchase)
    else:
        kind, topic, body = MessageKind.ORDER, "jd_order_pay", _order(purchase)
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return Message(kind, topic, purchase.order_no, digest_key(raw), raw)


def _order(purchase: Purchase) -> dict[str, Any]:
    state, remark = _STATE[purchase.stage]
    listed = sum(line.list_minor for line in purchase.lines)
    discount = sum(line.discount_minor for line in purchase.lines)
    order: dict[str, Any] = {
        "orderId": purchase.order_no,
        "venderId": "10000001",
        "orderType": "22",
        "payType": "4-在线支付",
        "orderState": state,
        "orderStateRemark": remark,
        "orderTotalPrice": _yuan(listed),
        "orderSellerPrice": _yuan(listed - discount),
        "orderPayment": _yuan(purchase.total_minor),
        "freightPrice": _yuan(purchase.freight_minor),
        "sellerDiscount": _yuan(discount),
        "balanceUsed": "0.00",
        "deliveryType": "任意时间",
        "invoiceInfo": "不需要开具发票",
        "vatInfo": [],
        "orderRemark": purchase.note,
        "venderRemark": "",
        "orderSource": "移动端订单",
        "storeOrder": "",
        "parentOrderId": "0",
        "directParentOrderId": "0",
        "pin": purchase.buyer.buyer_id,
        "orderStartTime": format_time(purchase.created_at),
        "modified": format_time(purchase.modified_at),
        "itemInfoList": [
            {
                "skuId": line.item.listing_id,
                "wareId": str(int(digest_key(line.item.listing_id)[:9], 16)),
                "outerSkuId": line.item.sku_code,
                "skuName": line.item.title,
                "jdPrice": _yuan(line.item.price_minor),
                "itemTotal": str(line.qty),
                "giftPoint": "0",
                "productNo": "",
                "newStoreId": "0",
            }
            for line in purchase.lines
        ],
        "couponDetailList": [
            {
                "orderId": purchase.order_no,
                "skuId": line.item.listing_id,
                "couponType": "30-单品促销优惠",
                "couponPrice": _yuan(line.discount_minor),
            }
            for line in purchase.lines
            if line.discount_minor
        ],
        "consigneeInfo": _consignee(purchase),
    }
    if purchase.paid_at:
        order["paymentConfirmTime"] = format_time(purchase.paid_at)
    result = {"success": True, "numberCode": 10100000, "chineseErrCode": "成功", "englishErrCode": "success"}
    detail = {"orderInfo": order, "apiResult": result}
    return {"jingdong_pop_order_get_responce": {"code": "0", "orderDetailInfo": detail}}


def _consignee(purchase: Purchase) -> dict[str, str]:
    buyer = purchase.buyer
    return {
        "province": buyer.province.removesuffix("省"),
        "city": buyer.city,
        "county": buyer.district,
        "town": buyer.town,
        "fullname": _cipher(buyer.name),
        "fullAddress": _cipher(buyer.province + buyer.city + buyer.district + buyer.town + buyer.detail),
        "mobile": f"{buyer.phone[:3]}*******{buyer.phone[-1]}",
        "telephone": f"{buyer.phone[:3]}*******{buyer.phone[-1]}",
        "desen_mobile": digest_key(buyer.phone),
    }


def _cipher(text: str) -> str:
    """Something of the shape of JD's ciphertext: opaque to us, the same for the same text."""
    return "AAS/" + base64.b64encode(sha512(text.encode()).digest()).decode()


def _refund(purchase: Purchase) -> dict[str, Any]:
    ask = purchase.refund
    assert ask is not None
    row = {
        "id": int(ask.refund_no),
        "orderId": purchase.order_no,
        "buyerId": purchase.buyer.buyer_id,
        "buyerName": f"{purchase.buyer.name[0]}**",
        "applyTime": format_time(purchase.modified_at),
        "applyRefundSum": ask.amount_minor,
        "refundReason": ask.reason,
        "status": _REFUND_STATUS[ask.status],
    }
    return {"result": [row], "success": True, "totalCount": 1}


def _yuan(minor: int) -> str:
    return str(to_major(minor))
