"""What people call the states (the states themselves are in `oms.domain`)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oms.domain.canonical import AdjustmentKind, OrderState, RefundStatus
from oms.domain.status import HoldReason, OrderStatus, Step, SubOrderStatus

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
    (HoldReason.DUPLICATE, _("ordered twice")),
    (HoldReason.FINANCE, _("finance check")),
    (HoldReason.STOPPED_AREA, _("delivery to the area is stopped")),
    (HoldReason.NOTE, _("a note needs a look")),
    (HoldReason.RULE, _("caught by a risk rule")),
    (HoldReason.ADDRESS, _("address needs a look")),
    (HoldReason.SKU_UNMATCHED, _("unknown product")),
    (HoldReason.SKU_CHANGED, _("merchant code changed")),
    (HoldReason.REFUND_REQUESTED, _("refund requested")),
    (HoldReason.PLATFORM, _("locked by the platform")),
    (HoldReason.TEST_ORDER, _("test order")),
    (HoldReason.CURRENCY, _("currency differs from the shop's")),
    (HoldReason.MANUAL, _("held by hand")),
    (HoldReason.UNROUTABLE, _("no warehouse can take it")),
]

STEP = {
    Step.ALLOCATE: _("routing and locking stock"),
    Step.PICK: _("picking and packing"),
    Step.SHIP: _("labels and shipping"),
}

HOLD_FIX: dict[str, Promise] = {
    HoldReason.BLACKLIST: _("Call the buyer, then release or cancel"),
    HoldReason.AMOUNT: _("Check price and payment, then release"),
    HoldReason.VELOCITY: _("Compare with the buyer's other orders, then release or cancel"),
    HoldReason.DUPLICATE: _("Ask the buyer which order to keep, cancel the other"),
    HoldReason.FINANCE: _("Finance checks price and payment, then releases"),
    HoldReason.STOPPED_AREA: _("Wait until the area is served again, or agree on a refund"),
    HoldReason.NOTE: _("Read the note, do what it asks, then release"),
    HoldReason.RULE: _("See which rule matched, then release or cancel"),
    HoldReason.ADDRESS: _("Correct the address"),
    HoldReason.SKU_UNMATCHED: _("Match the product to a SKU"),
    HoldReason.SKU_CHANGED: _("Say which of the two products was sold"),
    HoldReason.REFUND_REQUESTED: _("Settle the refund first"),
    HoldReason.PLATFORM: _("Wait for the platform, or ask it"),
    HoldReason.TEST_ORDER: _("Cancel it, or release to ship it as real"),
    HoldReason.CURRENCY: _("Check the shop's currency"),
    HoldReason.MANUAL: _("Release when the reason is gone"),
    HoldReason.UNROUTABLE: _("Give a warehouse the goods or the capability"),
}

PAY_STATE = {
    OrderState.PENDING: _("awaiting payment"),
    OrderState.PAID: pgettext_lazy("order", "paid"),
    OrderState.CANCELLED: _("cancelled"),
    OrderState.REFUNDED: pgettext_lazy("order", "refunded"),
    OrderState.PARTIALLY_REFUNDED: _("partly refunded"),
}

REFUND_STATUS = {
    RefundStatus.REQUESTED: _("requested"),
    RefundStatus.APPROVED: _("approved"),
    RefundStatus.REJECTED: _("rejected"),
    RefundStatus.CLOSED: _("closed"),
    RefundStatus.SUCCEEDED: _("succeeded"),
}

WHY_NOT_MERGED = {
    "sealed": _("it is sealed against merging"),
    "receiver_unknown": _("its receiver cannot be compared"),
    "not_prepaid": _("it is not paid in advance"),
    "test_order": _("it is a test order"),
    "held": _("it is held"),
    "not_allocated": _("not all of its goods are locked"),
    "split": _("it leaves in several parcels"),
    "picking_begun": _("its picking has begun"),
}

WHY_SUGGESTED = {"barcode": _("same barcode"), "code": _("same code"), "name": _("alike in name")}

# What a total holds besides goods and freight.
ADJUSTMENT = {
    AdjustmentKind.TAX: _("Tax"),
    AdjustmentKind.DUTY: _("Duties"),
    AdjustmentKind.TIP: _("Tip"),
    AdjustmentKind.FEE: _("Fees"),
    AdjustmentKind.SERVICE: _("Services"),
    AdjustmentKind.GIFT_CARD: _("Paid with gift cards"),
}

# Codes that events and decisions keep as details, in words.
_WORDS = {
    # what a newer version changed
    "payment": _("payment"),
    "amount": _("amount"),
    "receiver": _("receiver"),
    "freight": _("freight paid"),
    "adjustments": _("taxes and fees"),
    "buyer_note": _("buyer's note"),
    "seller_note": _("seller's note"),
    "seller_flag": _("seller's flag"),
    "release": _("leave to ship"),
    "lines": _("lines"),
    # why an address needs a look
    "no_receiver": _("no receiver"),
    "no_region": _("no region is named"),
    "no_city": _("only a province is named"),
    "no_district": _("no district is named"),
    "ambiguous": _("the name stands for several places"),
    "conflict": _("two places are named"),
    "split_unresolved": _("the former district was divided"),
    "town_elsewhere": _("the town lies in another district"),
    "town_moved": _("the town changed district"),
    "district_unknown": _("the district is unknown"),
    "guess": _("a guess"),
    "historical": _("a former name"),
    "remembered": _("answered before"),
    "masked": _("masked by the platform"),
    # why a warehouse cannot take it
    "temperature:ambient": _("cannot keep ambient goods"),
    "temperature:chilled": _("cannot keep chilled goods"),
    "temperature:frozen": _("cannot keep frozen goods"),
    "hazardous": _("takes no hazardous goods"),
    "bulky": _("takes no bulky goods"),
    "no_carrier_to_destination": _("no carrier goes there"),
    "no_warehouse": _("no warehouse serves the shop"),
    "no_split": _("sealed against splitting, but its goods cannot share a parcel"),
    # what came of a decision
    "routed": _("routed"),
    "short": _("out of stock"),
    "unroutable": _("no warehouse can take it"),
    "lost_race": _("another order was faster; it is tried again"),
    "platform_hold": _("locked by the platform"),
    # why a hold ended or a sub-order was taken back
    "cause_gone": _("its cause is gone"),
    "short_pick": _("short at the shelf"),
    "amended": _("the order changed"),
    "merged": _("locked anew to leave with other orders"),
    "sealed": _("must not be split"),
    "alone": _("no other order is left to go with"),
    "held": _("it is held"),
    "expired": _("reserved too long"),
}


def in_words(codes: str) -> str:
    """Comma-separated codes as people say them. A text that holds anything else was written by a person: it stays."""
    words = [_WORDS.get(code) for code in codes.split(",")]
    return ", ".join(str(word) for word in words) if all(words) else codes
