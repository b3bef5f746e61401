"""An order's progress in words fit for its buyer, from the order's own events and its parcels' news. Pure.

Why an order is held (a blacklist, a risk rule) is never said; only what the buyer can help with is.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from aftersales.domain.phrases import say, when


@dataclass(slots=True)
class Parcel:
    """A sub-order as its buyer knows it. `status` is the sub-order's, or a tracking status once the carrier spoke."""

    status: str = "reserved"
    carrier: str = ""
    waybill_no: str = ""
    at: str | None = None  # ISO 8601: when it came into this status
    place: str = ""
    eta: datetime | None = None


@dataclass(slots=True)
class Facts:
    """What an order's events amount to, as far as a buyer is concerned."""

    pay_state: str = "pending"
    shippable: bool = False
    ships: bool = True
    ship_by: str | None = None
    cancelled: bool = False
    short: bool = False
    holds: dict[int, str] = field(default_factory=dict)
    parcels: dict[int, Parcel] = field(default_factory=dict)  # by sub-order
    refunds: dict[str, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class News:
    """What the carrier last said of one parcel."""

    suborder_id: int
    waybill_no: str
    carrier: str
    status: str  # a fulfillment TrackStatus
    at: datetime | None
    place: str = ""
    eta: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """One event as its fold needs it."""

    type: str
    payload: Mapping[str, Any]
    at: str


GONE = frozenset({"shipped", "picked_up", "in_transit", "out_for_delivery", "at_locker", "delivered", "exception",
                  "returning", "returned"})  # fmt: skip
_STEP = {"reserved": "reserved", "waved": "picking", "picked": "picking", "packed": "packed"}
_PROMISED = frozenset({"ready", "reserved", "picking", "packed", "checking", "checking_address", "short"})
# Of several holds the first of these is told.
_HOLDS_TO_TELL = {"refund_requested": "paused", "address": "checking_address"}


def gather(events: Iterable[Told], news: Iterable[News] = ()) -> Facts:
    """Fold an order's events (oldest first), then lay the carriers' news over its parcels."""
    facts = Facts()
    for event in events:
        teller = _FOLD.get(event.type)
        if teller is not None:
            teller(facts, event.payload, event.at)
    for item in news:
        parcel = facts.parcels.get(item.suborder_id)
        if parcel is None or parcel.status not in GONE:
            continue  # the carrier cannot know of a parcel that we still have
        parcel.waybill_no, parcel.eta = item.waybill_no or parcel.waybill_no, item.eta
        parcel.carrier = item.carrier or parcel.carrier
        if item.status in GONE:
            parcel.status, parcel.place = item.status, item.place
            parcel.at = item.at.isoformat() if item.at else parcel.at
    return facts


def _content(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    order = payload["order"]
    facts.pay_state, facts.ship_by, facts.shippable = order["pay_state"], order["ship_by"], order["shippable"]
    facts.ships = any(line["requires_shipping"] for line in payload["lines"])


def _allocated(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.short = False
    facts.parcels.update({suborder["id"]: Parcel(at=at) for suborder in payload["suborders"]})


def _moved(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    parcel = facts.parcels[payload["suborder_id"]]
    parcel.status, parcel.at = payload["to"], at


def _shipped(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    parcel = facts.parcels[payload["suborder_id"]]
    parcel.status, parcel.at = "shipped", at
    parcel.carrier = "、".join(dict.fromkeys(p["carrier"] for p in payload["parcels"]))
    parcel.waybill_no = "、".join(p["waybill_no"] for p in payload["parcels"])


def _short(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.short = True


def _woken(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.short = False


def _held(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.holds[payload["seq"]] = payload["reason"]


def _released(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.holds.pop(payload["seq"], None)


def _withdrawn(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.parcels.pop(payload["suborder_id"], None)


def _cancelled(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.cancelled = True


def _refund(facts: Facts, payload: Mapping[str, Any], at: str) -> None:
    facts.refunds[payload["refund_no"]] = {**payload, "at": at}


_FOLD = {
    "oms.order_captured": _content,
    "oms.order_amended": _content,
    "oms.hold_opened": _held,
    "oms.hold_released": _released,
    "oms.order_allocated": _allocated,
    "oms.order_backordered": _short,
    "oms.order_woken": _woken,
    "oms.suborder_moved": _moved,
    "oms.suborder_shipped": _shipped,
    "oms.suborder_cancelled": _withdrawn,
    "oms.order_cancelled": _cancelled,
    "oms.refund_reported": _refund,
}


@dataclass(frozen=True, slots=True)
class Voice:
    """How to speak: the language, the moment, the buyer's zone, the carriers' names, how to write minor units."""

    language: str
    now: datetime
    zone: tzinfo
    carriers: Mapping[str, str]
    money: Callable[[int], str]

    def say(self, key: str, **values: str) -> str:
        return say(self.language, key, **values)

    def time(self, moment: str | datetime | None) -> str:
        if moment is None:
            return "—"
        then = datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return when(self.language, then, self.now, self.zone)


def sentences(facts: Facts, voice: Voice) -> list[str]:
    """What to tell the buyer now, most important first; never empty."""
    gone = [parcel for parcel in facts.parcels.values() if parcel.status in GONE]
    here = [parcel for parcel in facts.parcels.values() if parcel.status not in GONE]
    lines: list[str] = []
    if len(gone) > 1:
        lines.append(voice.say("several", n=str(len(gone))))
    for parcel in gone:
        lines.extend(_on_the_way(parcel, voice))
    waits = _in_the_house(facts, here, voice) if here or not gone or facts.short else []
    if gone and waits:
        lines.append(voice.say("rest"))
    return lines + waits + _refunds(facts, voice)


def _on_the_way(parcel: Parcel, voice: Voice) -> list[str]:
    key = "in_transit_nowhere" if parcel.status == "in_transit" and not parcel.place else parcel.status
    carrier = "、".join(voice.carriers.get(code, code) for code in parcel.carrier.split("、"))
    values = {"carrier": carrier, "no": parcel.waybill_no, "time": voice.time(parcel.at), "place": parcel.place}
    lines = [voice.say(key, **values)]
    if parcel.eta and parcel.status in {"shipped", "picked_up", "in_transit"} and parcel.eta > voice.now:
        lines.append(voice.say("eta", time=voice.time(parcel.eta)))
    return lines


def _in_the_house(facts: Facts, here: Sequence[Parcel], voice: Voice) -> list[str]:
    key = _standing(facts, here)
    lines = [voice.say(key)]
    if facts.ship_by and key in _PROMISED:
        if datetime.fromisoformat(facts.ship_by) < voice.now:
            lines.append(voice.say("promise_late", time=voice.time(facts.ship_by)))
        elif key != "short":  # nobody can promise a day for goods that are not here
            lines.append(voice.say("promise", time=voice.time(facts.ship_by)))
    return lines


def _standing(facts: Facts, here: Sequence[Parcel]) -> str:
    if facts.cancelled or facts.pay_state in {"cancelled", "refunded"}:
        return "cancelled"
    if not facts.ships:
        return "nothing"
    if facts.pay_state == "pending" and not facts.shippable:
        return "unpaid"
    if facts.holds:
        return next((key for reason, key in _HOLDS_TO_TELL.items() if reason in facts.holds.values()), "checking")
    if facts.short:
        return "short"
    if not here:
        return "ready" if facts.shippable else "waiting"
    order = list(dict.fromkeys(_STEP.values()))
    return min((_STEP[parcel.status] for parcel in here), key=order.index)


def _refunds(facts: Facts, voice: Voice) -> list[str]:
    return [
        voice.say(
            f"refund_{refund['status']}",
            amount=voice.money(refund["amount_minor"]),
            time=voice.time(refund["modified_at"] or refund["at"]),
        )
        for refund in facts.refunds.values()
        if refund["status"] in {"requested", "approved", "succeeded"} and refund["amount_minor"]
    ]
