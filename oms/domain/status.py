"""The closed lifecycles of orders and sub-orders. Pure."""

from collections.abc import Mapping
from enum import StrEnum


class OrderStatus(StrEnum):
    """Where an order stands. Never set by hand: `oms.domain.order.derive_status` computes it from the facts."""

    UNPAID = "unpaid"
    WAITING = "waiting"  # paid, but the platform forbids shipping for now
    HELD = "held"
    READY = "ready"
    BACKORDERED = "backordered"
    ALLOCATED = "allocated"
    FULFILLING = "fulfilling"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    COMPLETED = "completed"
    NOTHING_TO_SHIP = "nothing_to_ship"
    CANCELLED = "cancelled"


class SubOrderStatus(StrEnum):
    """One parcel's worth of an order in one warehouse."""

    RESERVED = "reserved"
    WAVED = "waved"
    PICKED = "picked"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


# From -> where it may go. WAVED → RESERVED: taken out of its wave, or short-picked. PACKED → PICKED: its parcel is
# opened again, because another order that was in it must not go along.
SUBORDER_MOVES: Mapping[SubOrderStatus, frozenset[SubOrderStatus]] = {
    SubOrderStatus.RESERVED: frozenset({SubOrderStatus.WAVED, SubOrderStatus.CANCELLED}),
    SubOrderStatus.WAVED: frozenset({SubOrderStatus.PICKED, SubOrderStatus.RESERVED, SubOrderStatus.CANCELLED}),
    SubOrderStatus.PICKED: frozenset({SubOrderStatus.PACKED, SubOrderStatus.CANCELLED}),
    SubOrderStatus.PACKED: frozenset({SubOrderStatus.SHIPPED, SubOrderStatus.PICKED, SubOrderStatus.CANCELLED}),
    SubOrderStatus.SHIPPED: frozenset({SubOrderStatus.DELIVERED}),
    SubOrderStatus.DELIVERED: frozenset(),
    SubOrderStatus.CANCELLED: frozenset(),
}

OPEN = frozenset({SubOrderStatus.RESERVED, SubOrderStatus.WAVED, SubOrderStatus.PICKED, SubOrderStatus.PACKED})
GONE = frozenset({SubOrderStatus.SHIPPED, SubOrderStatus.DELIVERED})


def may_move(current: str, target: str) -> bool:
    return target in SUBORDER_MOVES[SubOrderStatus(current)]


class Step(StrEnum):
    """What a hold may keep from happening to an order."""

    ALLOCATE = "allocate"  # route it and lock its stock
    PICK = "pick"  # start on it in the warehouse: waves, picking, packing
    SHIP = "ship"  # get waybills, print labels, hand over


class HoldReason(StrEnum):
    """Why a person must look. A hold blocks the steps of `HOLD_BLOCKS` until it is released."""

    BLACKLIST = "blacklist"
    AMOUNT = "amount"
    VELOCITY = "velocity"
    DUPLICATE = "duplicate"
    FINANCE = "finance"  # price, payment or cost is not what it should be
    STOPPED_AREA = "stopped_area"
    NOTE = "note"  # a note asks for something that a person must see to
    RULE = "rule"
    ADDRESS = "address"
    SKU_UNMATCHED = "sku_unmatched"
    SKU_CHANGED = "sku_changed"  # a listing carries another merchant code than the one it is known by
    REFUND_REQUESTED = "refund_requested"
    PLATFORM = "platform"
    TEST_ORDER = "test_order"
    CURRENCY = "currency"
    MANUAL = "manual"
    UNROUTABLE = "unroutable"


_GOODS_STAY = frozenset({Step.PICK, Step.SHIP})
# A question of money needs no other goods, so the stock stays locked meanwhile; where the answer may change what goes
# where, or whether at all, nothing is locked.
HOLD_BLOCKS: Mapping[HoldReason, frozenset[Step]] = {
    **dict.fromkeys(HoldReason, frozenset(Step)),
    HoldReason.AMOUNT: _GOODS_STAY,
    HoldReason.FINANCE: _GOODS_STAY,
    HoldReason.DUPLICATE: _GOODS_STAY,
    HoldReason.NOTE: _GOODS_STAY,
    HoldReason.UNROUTABLE: frozenset({Step.ALLOCATE}),
}

# Found by the blacklist and the risk rules; what a rule may hold an order as.
RISK = (
    HoldReason.RULE, HoldReason.AMOUNT, HoldReason.VELOCITY, HoldReason.DUPLICATE, HoldReason.FINANCE,
    HoldReason.STOPPED_AREA, HoldReason.NOTE, HoldReason.BLACKLIST,
)  # fmt: skip

# A whitelisted buyer is not asked why he buys so much or so often; a wrong price or a closed road stays one.
TRUSTED = frozenset({HoldReason.RULE, HoldReason.AMOUNT, HoldReason.VELOCITY, HoldReason.DUPLICATE})

# Role that owns the queue of each reason.
HOLD_OWNER: Mapping[HoldReason, str] = {
    **dict.fromkeys(HoldReason, "ops"),
    HoldReason.SKU_UNMATCHED: "master",
    HoldReason.SKU_CHANGED: "master",
    HoldReason.REFUND_REQUESTED: "cs",
    HoldReason.FINANCE: "finance",
}

# Opened by a person; every other reason is the machine's, which also ends it when its cause is gone.
BY_HAND = frozenset({HoldReason.MANUAL})
