"""JD's vocabulary (order states, payment types, refund application states) and what each word means to us."""

from oms.domain.canonical import HoldCode, OrderState, RefundKind, RefundStatus

# JD hands an online order to the merchant only once it is paid, so a state past stock-out says "paid" by itself.
STATE: dict[str, tuple[OrderState, HoldCode | str]] = {
    "NOT_PAY": (OrderState.PENDING, ""),
    "WAIT_SELLER_STOCK_OUT": (OrderState.PAID, ""),
    # 海外购: already out of the warehouse, on its way to the line haul
    "WAIT_SELLER_DELIVERY": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "SEND_TO_DISTRIBUTION_CENER": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "SEND_TO_DISTRIBUTION_CENTER": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "DISTRIBUTION_CENTER_RECEIVED": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "RECEIPTS_CONFIRM": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "WAIT_GOODS_RECEIVE_CONFIRM": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "FINISHED_L": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "TRADE_CANCELED": (OrderState.CANCELLED, HoldCode.CANCELLED),
    "LOCKED": (OrderState.PAID, HoldCode.PLATFORM_HOLD),
    "PAUSE": (OrderState.PAID, HoldCode.PLATFORM_HOLD),
    "POP_ORDER_PAUSE": (OrderState.PAID, HoldCode.PLATFORM_HOLD),
}
COD_COLLECTED = ("FINISHED_L",)

PAY_COD = "1"  # 货到付款
PAY_PICK_UP = "3"  # 自提: paid at a JD counter
ORDER_TYPE_FBP = "21"  # goods stand in JD's own warehouse

REFUND_STATUS: dict[str, RefundStatus] = {
    "0": RefundStatus.REQUESTED,  # 未审核
    "1": RefundStatus.APPROVED,  # 审核通过
    "2": RefundStatus.REJECTED,  # 审核不通过
    "3": RefundStatus.SUCCEEDED,  # 京东财务通过
    "4": RefundStatus.REJECTED,  # 财务不通过
    "5": RefundStatus.APPROVED,  # 人工审核通过
    "6": RefundStatus.APPROVED,  # 拦截并退款
    "7": RefundStatus.APPROVED,  # 青龙拦截成功
    "8": RefundStatus.REJECTED,  # 青龙拦截失败: the parcel goes on
    "9": RefundStatus.SUCCEEDED,  # 强制关单并退款
}
# customerExpect of an after-sales service form
EXPECTATION: dict[str, RefundKind] = {"10": RefundKind.RETURN, "20": RefundKind.EXCHANGE}
