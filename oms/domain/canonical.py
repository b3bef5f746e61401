"""The one shape every platform's message is mapped to before anything else looks at it.

Pure data: adapters in `integrations/channels/<platform>` produce it, `oms.services.intake` consumes it.
Amounts are minor units of `currency` (fen for CNY). Times are aware UTC. Text is stripped; '' means absent.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class OrderState(StrEnum):
    """What the platform says of payment; fulfilment is ours to know."""

    PENDING = "pending"
    PAID = "paid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    PARTIALLY_REFUNDED = "partially_refunded"


class LineRefund(StrEnum):
    """Refund standing of one line: a requested one must not ship, a refunded one is gone."""

    NONE = "none"
    REQUESTED = "requested"
    REFUNDED = "refunded"


class RefundKind(StrEnum):
    REFUND_ONLY = "refund_only"
    RETURN = "return"
    EXCHANGE = "exchange"


class RefundStatus(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    CLOSED = "closed"
    SUCCEEDED = "succeeded"


class AdjustmentKind(StrEnum):
    """What an order's total holds besides goods and freight."""

    TAX = "tax"  # where the platform keeps it apart from the prices
    DUTY = "duty"
    TIP = "tip"
    FEE = "fee"  # gift wrap, payment surcharge, cash on delivery
    SERVICE = "service"  # installation and other work sold with the goods
    GIFT_CARD = "gift_card"  # negative: paid with value bought earlier, so not part of this payment


class HoldCode(StrEnum):
    """Why an order may not be started on the body alone; '' when it may."""

    UNPAID = "unpaid"
    PRESALE_BALANCE_UNPAID = "presale_balance_unpaid"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    ALREADY_SHIPPED = "already_shipped"
    PARTLY_SHIPPED = "partly_shipped"
    PLATFORM_HOLD = "platform_hold"  # paid, but the platform forbids shipping for now
    PLATFORM_FULFILS = "platform_fulfils"  # goods leave from the platform's own warehouse
    REFUND_REQUESTED = "refund_requested"
    REFUND_UNCLEAR = "refund_unclear"  # something was refunded and the body does not say which units
    NOTHING_TO_SHIP = "nothing_to_ship"  # digital, gift card, pick-up
    NO_LINES = "no_lines"
    NO_RECEIVER = "no_receiver"
    ODD_QUANTITY = "odd_quantity"
    TEST_ORDER = "test_order"
    DRAFT = "draft"
    UNKNOWN_STATE = "unknown_state"


@dataclass(frozen=True, slots=True)
class CanonicalReceiver:
    """Who gets the parcel. `masked` is a first-class state: name, phone or detail are `*`-masked or ciphertext
    and only province/city/district can be trusted; `oaid` is then the platform's opaque handle (not a customer id)."""

    name: str = ""
    phone: str = ""
    country: str = "CN"
    province: str = ""
    city: str = ""
    district: str = ""
    town: str = ""
    detail: str = ""
    zip: str = ""
    oaid: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class CanonicalLine:
    """One thing bought. `qty` is what is still wanted of it (edits applied); `net_minor` is that whole quantity
    after its discounts, before tax where the platform keeps tax apart, and without freight."""

    line_id: str  # the platform's line id, unique within the order
    sku: str  # the merchant's code as the platform sends it ('' when it sends none)
    listing_id: str  # the platform's variant or item id, the key to look up in catalog when `sku` is unknown
    title: str
    qty: int
    unit_price_minor: int
    net_minor: int
    refund: LineRefund = LineRefund.NONE
    requires_shipping: bool = True
    parent_line_id: str = ""  # this line is a component of that bundle line


@dataclass(frozen=True, slots=True)
class CanonicalAdjustment:
    """One part of the total that is neither goods nor freight; below zero when it lowers it."""

    kind: AdjustmentKind
    amount_minor: int


@dataclass(frozen=True, slots=True)
class CanonicalOrder:
    """One order at one moment of its life. Identity is (platform, shop, order_no); the shop comes from the hook.

    `shippable` answers "may the warehouse start on this body alone?"; when it may not, `hold_code` says why (see
    `HoldCode`). `warnings` are `code: detail` texts for everything ambiguous or odd. `paid_minor` is money received
    before refunds, None when the body cannot tell. The parts of an untouched order add up: the lines' nets, freight and
    `adjustments` make its total, which is `paid_minor` once it is paid in full; where they do not, a warning says so
    (`money_inconsistent`, `total_differs`). A `draft` (cart, checkout, draft order) is not yet an order:
    it is recorded and nothing more.
    """

    platform: str
    order_no: str
    state: OrderState
    currency: str
    lines: tuple[CanonicalLine, ...]
    receiver: CanonicalReceiver | None
    created_at: datetime | None
    modified_at: datetime | None
    paid_at: datetime | None = None
    paid_minor: int | None = None
    freight_minor: int = 0
    shippable: bool = False
    buyer_id: str = ""  # the platform's stable id of the buyer, '' if it gives none
    buyer_note: str = ""
    seller_note: str = ""
    seller_flag: int = 0
    test: bool = False
    cod: bool = False
    warnings: tuple[str, ...] = ()
    hold_code: str = ""
    draft: bool = False
    partial: bool = False  # the body left the lines out: conclude nothing from what is absent
    adjustments: tuple[CanonicalAdjustment, ...] = ()
    client_ip: str = ""  # the buyer's, as the platform saw it
    device: str = ""  # what the platform tells of the buyer's device, enough to tell it from most others
    display_no: str = ""  # the number people quote when it is not `order_no` (Shopify "#1001")


@dataclass(frozen=True, slots=True)
class CanonicalRefund:
    """One refund or return application as the platform reports it; `line_id` '' means the whole order."""

    platform: str
    refund_no: str
    order_no: str
    line_id: str
    kind: RefundKind
    status: RefundStatus
    amount_minor: int
    currency: str
    qty: int = 0
    reason: str = ""
    return_waybill_no: str = ""
    return_carrier: str = ""
    modified_at: datetime | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CanonicalHint:
    """A message that carries only ids: the truth must be fetched (Taobao TMC topics)."""

    platform: str
    topic: str
    order_no: str
    refund_no: str = ""


@dataclass(frozen=True, slots=True)
class CanonicalNothing:
    """A well-formed message that asks for nothing (a ping, a topic we do not use); topic `unreadable`: one row of a
    list that could not be read while its neighbours could."""

    platform: str
    topic: str = ""
    warnings: tuple[str, ...] = field(default=())
    order_no: str = ""


Canonical = CanonicalOrder | CanonicalRefund | CanonicalHint | CanonicalNothing
