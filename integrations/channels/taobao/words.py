"""Taobao's vocabulary and what each word means to us (protocol facts: TOP Trade, Order and Refund objects)."""

from oms.domain.canonical import HoldCode, LineRefund, OrderState, RefundStatus

# status -> (payment state, may start or why not); TRADE_CLOSED means refunded after payment, _BY_TAOBAO before it
STATUS: dict[str, tuple[OrderState, HoldCode | str]] = {
    "TRADE_NO_CREATE_PAY": (OrderState.PENDING, ""),
    "WAIT_BUYER_PAY": (OrderState.PENDING, ""),
    "PAY_PENDING": (OrderState.PENDING, ""),
    "WAIT_PRE_AUTH_CONFIRM": (OrderState.PENDING, ""),
    "PAID_FORBID_CONSIGN": (OrderState.PAID, HoldCode.PLATFORM_HOLD),
    "WAIT_SELLER_SEND_GOODS": (OrderState.PAID, ""),
    "SELLER_CONSIGNED_PART": (OrderState.PAID, HoldCode.PARTLY_SHIPPED),
    "WAIT_BUYER_CONFIRM_GOODS": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "TRADE_BUYER_SIGNED": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "TRADE_FINISHED": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "TRADE_CLOSED": (OrderState.REFUNDED, HoldCode.REFUNDED),
    "TRADE_CLOSED_BY_TAOBAO": (OrderState.CANCELLED, HoldCode.CANCELLED),
}
COD_DELIVERED = ("TRADE_BUYER_SIGNED", "TRADE_FINISHED")
SHIPPED_LINE = ("WAIT_BUYER_CONFIRM_GOODS", "TRADE_BUYER_SIGNED", "TRADE_FINISHED")
VIRTUAL_SHIPPING = ("virtual",)
VIRTUAL_TYPES = ("auto_delivery", "eticket", "o2o_offlinetrade", "game_equipment")
IN_SHOP = "inshop"  # `o2o_delivery`: the buyer takes it home from a store

LINE_REFUND: dict[str, LineRefund] = {
    "WAIT_SELLER_AGREE": LineRefund.REQUESTED,
    "WAIT_BUYER_RETURN_GOODS": LineRefund.REQUESTED,
    "WAIT_SELLER_CONFIRM_GOODS": LineRefund.REQUESTED,
    "SUCCESS": LineRefund.REFUNDED,
}
REFUND_STATUS: dict[str, RefundStatus] = {
    "WAIT_SELLER_AGREE": RefundStatus.REQUESTED,
    "WAIT_BUYER_RETURN_GOODS": RefundStatus.APPROVED,
    "WAIT_SELLER_CONFIRM_GOODS": RefundStatus.APPROVED,
    "SELLER_REFUSE_BUYER": RefundStatus.REJECTED,
    "CLOSED": RefundStatus.CLOSED,
    "SUCCESS": RefundStatus.SUCCEEDED,
}
