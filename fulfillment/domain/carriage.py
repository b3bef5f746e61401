"""What the warehouse says to a carrier and hears from one, whatever the carrier's own words are.

Pure data: adapters in `integrations/carriers/<carrier>` map to and from it. Weights are grams, money is fen,
times are aware UTC.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class TrackStatus(StrEnum):
    """A parcel's progress, in order of `RANK`; it only ever moves to a higher rank, except into EXCEPTION and
    back out, and RETURNING / RETURNED which close the parcel the other way."""

    CREATED = "created"  # number exists, nothing scanned
    PICKED_UP = "picked_up"  # 揽收
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    AT_LOCKER = "at_locker"  # 驿站 / 快递柜: not yet delivered
    DELIVERED = "delivered"  # 妥投
    EXCEPTION = "exception"  # 异常
    RETURNING = "returning"
    RETURNED = "returned"
    UNKNOWN = "unknown"  # a code we do not know: stored and shown, moves nothing


class CustomerNode(StrEnum):
    """The only three things a customer hears of."""

    PICKED_UP = "picked_up"
    DELIVERED = "delivered"
    EXCEPTION = "exception"


NODE_OF = {
    TrackStatus.PICKED_UP: CustomerNode.PICKED_UP,
    TrackStatus.DELIVERED: CustomerNode.DELIVERED,
    TrackStatus.EXCEPTION: CustomerNode.EXCEPTION,
    TrackStatus.RETURNING: CustomerNode.EXCEPTION,
    TrackStatus.RETURNED: CustomerNode.EXCEPTION,
}


@dataclass(frozen=True, slots=True)
class TrackEvent:
    """One scan. `code` is the carrier's own code as text; `at` is None when the carrier sent no readable time."""

    status: TrackStatus
    code: str
    at: datetime | None
    place: str
    text: str
    event_id: str = ""


@dataclass(frozen=True, slots=True)
class ParcelTrack:
    """Everything one push says of one waybill, oldest event first, and the customer node of its newest state."""

    waybill_no: str
    carrier: str  # our carrier code: SF ZTO YTO STO YUNDA JTSD JD EMS DBL …, or the carrier's own word if unknown
    events: tuple[TrackEvent, ...]
    node: CustomerNode | None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Party:
    """A sender or receiver as it goes on a label; `oaid` replaces the plain text for masked receivers."""

    name: str
    phone: str
    province: str
    city: str
    district: str
    detail: str
    town: str = ""
    oaid: str = ""


@dataclass(frozen=True, slots=True)
class WaybillRequest:
    """Ask for one waybill number. `reference` is ours, unique per parcel and attempt: the same reference must get the
    same number however often it is asked."""

    reference: str
    carrier: str
    sender: Party
    receiver: Party
    weight_g: int
    order_nos: tuple[str, ...] = ()
    items: tuple[tuple[str, int], ...] = ()  # (name, qty)
    channel: str = "OTHERS"


@dataclass(frozen=True, slots=True)
class WaybillGrant:
    """The carrier's answer: the number and what must be printed."""

    reference: str
    carrier: str
    waybill_no: str
    sort_code: str = ""  # 三段码 / 大头笔
    package_center: str = ""  # 集包地
    raw: dict[str, object] = field(default_factory=dict)


class CarrierRefusal(Exception):
    """The carrier said no, for good (`code` is theirs): a bad address, no balance, an unserved area."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


class CarrierUnknown(Exception):
    """No answer came: it may have happened. Ask again by our reference; never simply retry."""
