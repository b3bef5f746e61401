"""Douyin's vocabulary and what each number means to us (`order.orderDetail`, `afterSale.List`)."""

from oms.domain.canonical import HoldCode, OrderState, RefundKind, RefundStatus

# main_status (order_status knows only some of these) -> (payment state, may start or why not)
STATUS: dict[str, tuple[OrderState, HoldCode | str]] = {
    "1": (OrderState.PENDING, ""),  # 待支付
    "103": (OrderState.PENDING, HoldCode.PRESALE_BALANCE_UNPAID),  # 部分支付
    "105": (OrderState.PAID, HoldCode.PLATFORM_HOLD),  # 已支付, still being checked: not 备货中 yet
    "2": (OrderState.PAID, ""),  # 备货中
    "101": (OrderState.PAID, HoldCode.PARTLY_SHIPPED),
    "3": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "5": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "4": (OrderState.CANCELLED, HoldCode.CANCELLED),
    "21": (OrderState.REFUNDED, HoldCode.REFUNDED),  # 发货前退款完结
    "22": (OrderState.REFUNDED, HoldCode.REFUNDED),  # 发货后退款完结
    "39": (OrderState.REFUNDED, HoldCode.REFUNDED),  # 收货后退款完结
}
SHIPPED = ("3", "5", "22", "39")
PAY_COD = "0"
VIRTUAL_TYPES = ("2", "4")  # order_type: 虚拟商品, 电子券

# after_sale_status of a sub-order and of an after-sales form
AFTERSALE: dict[str, RefundStatus] = {
    "6": RefundStatus.REQUESTED,  # 待商家处理
    "7": RefundStatus.APPROVED,  # 待买家退货
    "11": RefundStatus.APPROVED,  # 待商家收货
    "12": RefundStatus.SUCCEEDED,
    "27": RefundStatus.REJECTED,  # 商家拒绝申请
    "28": RefundStatus.CLOSED,
    "29": RefundStatus.REJECTED,  # 商家拒绝收货后退款
}
AFTERSALE_KIND: dict[str, RefundKind] = {
    "0": RefundKind.RETURN,
    "1": RefundKind.REFUND_ONLY,
    "2": RefundKind.REFUND_ONLY,
    "3": RefundKind.EXCHANGE,
}
