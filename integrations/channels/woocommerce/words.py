"""WooCommerce order statuses, and its numbered Chinese provinces."""

from oms.domain.canonical import HoldCode, OrderState

STATUS: dict[str, tuple[OrderState, HoldCode | str]] = {
    "pending": (OrderState.PENDING, ""),
    "on-hold": (OrderState.PENDING, ""),  # awaiting a bank transfer or cheque
    "failed": (OrderState.PENDING, ""),  # the buyer may pay again
    "processing": (OrderState.PAID, ""),
    "completed": (OrderState.PAID, HoldCode.ALREADY_SHIPPED),
    "cancelled": (OrderState.CANCELLED, HoldCode.CANCELLED),
    "refunded": (OrderState.REFUNDED, HoldCode.REFUNDED),
    "trash": (OrderState.CANCELLED, HoldCode.CANCELLED),
    "draft": (OrderState.PENDING, HoldCode.DRAFT),
    "auto-draft": (OrderState.PENDING, HoldCode.DRAFT),
    "checkout-draft": (OrderState.PENDING, HoldCode.DRAFT),
}
COD = "cod"
PICK_UP = ("local_pickup", "pickup_location", "local_pickup_plus")

# i18n/states.php of WooCommerce numbers the provinces of CN in an order of its own
CHINESE_STATES = {
    f"CN{number}": name
    for number, name in enumerate(
        [
            "云南",
            "北京",
            "天津",
            "河北",
            "山西",
            "内蒙古",
            "辽宁",
            "吉林",
            "黑龙江",
            "上海",
            "江苏",
            "浙江",
            "安徽",
            "福建",
            "江西",
            "山东",
            "河南",
            "湖北",
            "湖南",
            "广东",
            "广西",
            "海南",
            "重庆",
            "四川",
            "贵州",
            "陕西",
            "甘肃",
            "青海",
            "宁夏",
            "澳门",
            "西藏",
            "新疆",
        ],
        start=1,
    )
}
