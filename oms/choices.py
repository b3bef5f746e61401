"""What people call the states (the states themselves are in `oms.domain`)."""

from django.utils.translation import gettext_lazy as _

from oms.domain.status import HoldReason, OrderStatus, SubOrderStatus

ORDER_STATUS = [
    (OrderStatus.UNPAID, _("awaiting payment")),
    (OrderStatus.WAITING, _("platform not released")),
    (OrderStatus.HELD, _("exception")),
    (OrderStatus.READY, _("to allocate")),
    (OrderStatus.BACKORDERED, _("out of stock")),
    (OrderStatus.ALLOCATED, _("to pick")),
    (OrderStatus.FULFILLING, _("in the warehouse")),
    (OrderStatus.PARTLY_SHIPPED, _("partly shipped")),
    (OrderStatus.SHIPPED, _("shipped")),
    (OrderStatus.COMPLETED, _("completed")),
    (OrderStatus.NOTHING_TO_SHIP, _("nothing to ship")),
    (OrderStatus.CANCELLED, _("cancelled")),
]

SUBORDER_STATUS = [
    (SubOrderStatus.RESERVED, _("to pick")),
    (SubOrderStatus.WAVED, _("picking")),
    (SubOrderStatus.PICKED, _("to pack")),
    (SubOrderStatus.PACKED, _("to hand over")),
    (SubOrderStatus.SHIPPED, _("shipped")),
    (SubOrderStatus.DELIVERED, _("delivered")),
    (SubOrderStatus.CANCELLED, _("cancelled")),
]

HOLD_REASON = [
    (HoldReason.BLACKLIST, _("blacklisted buyer")),
    (HoldReason.AMOUNT, _("amount above the ceiling")),
    (HoldReason.VELOCITY, _("too many orders in a short time")),
    (HoldReason.RULE, _("caught by a risk rule")),
    (HoldReason.ADDRESS, _("address needs a look")),
    (HoldReason.SKU_UNMATCHED, _("unknown product")),
    (HoldReason.REFUND_REQUESTED, _("refund requested")),
    (HoldReason.PLATFORM, _("locked by the platform")),
    (HoldReason.TEST_ORDER, _("test order")),
    (HoldReason.CURRENCY, _("currency differs from the shop's")),
    (HoldReason.MANUAL, _("held by hand")),
    (HoldReason.UNROUTABLE, _("no warehouse can take it")),
]

HOLD_FIX = {
    HoldReason.BLACKLIST: _("Call the buyer, then release or cancel"),
    HoldReason.AMOUNT: _("Check price and payment, then release"),
    HoldReason.VELOCITY: _("Compare with the buyer's other orders, then release or cancel"),
    HoldReason.RULE: _("See which rule matched, then release or cancel"),
    HoldReason.ADDRESS: _("Correct the address"),
    HoldReason.SKU_UNMATCHED: _("Match the product to a SKU"),
    HoldReason.REFUND_REQUESTED: _("Settle the refund first"),
    HoldReason.PLATFORM: _("Wait for the platform, or ask it"),
    HoldReason.TEST_ORDER: _("Cancel it, or release to ship it as real"),
    HoldReason.CURRENCY: _("Check the shop's currency"),
    HoldReason.MANUAL: _("Release when the reason is gone"),
    HoldReason.UNROUTABLE: _("Give a warehouse the goods or the capability"),
}
