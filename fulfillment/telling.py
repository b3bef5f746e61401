"""A parcel's facts as sentences for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from core.models import Event
from core.money import to_major
from core.templatetags.onerope import who
from fulfillment.domain import events as e
from fulfillment.models.parcel import TRACK_STATUS


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline."""

    at: datetime
    actor: str
    text: str
    detail: str
    bad: bool = False


def told(events: Iterable[Event]) -> list[Told]:
    return [
        Told(event.occurred_at, who(event.actor), *_sentence(event), bad=event.type == e.PARCEL_VOIDED.name)
        for event in events
    ]


def _sentence(event: Event) -> tuple[str, str]:
    known, payload = event.type, event.payload
    if known == e.PARCEL_OPENED.name:
        return _("Parcel opened"), _("%(g)d g expected") % {"g": payload["expected_g"]}
    if known == e.PARCEL_REFORECAST.name:
        return _("Less is wanted"), _("%(g)d g expected") % {"g": payload["expected_g"]}
    if known == e.PARCEL_PACKED.name:
        why = _("the scale was overruled: %(why)s") % {"why": payload["overrule"]} if payload["overrule"] else ""
        return _("Verified and packed"), " · ".join(filter(None, [f"{payload['weight_g']} g", why]))
    if known == e.WAYBILL_BOUND.name:
        return _("Waybill number"), f"{payload['carrier']} {payload['waybill_no']} ¥{to_major(payload['freight_fen'])}"
    if known == e.WAYBILL_VOIDED.name:
        return _("Waybill number given up"), f"{payload['waybill_no']} {_reason(payload['reason'])}"
    if known == e.PARCEL_SHIPPED.name:
        return _("Handed to the carrier"), f"{payload['carrier']} {payload['waybill_no']}"
    if known == e.TRACKING_ADVANCED.name:
        return _("Tracking: %(status)s") % {"status": dict(TRACK_STATUS)[payload["status"]]}, ""
    if known == e.PARCEL_NODE.name:
        return _("Told the customer: %(node)s") % {"node": words_of_node(payload["node"])}, ""
    if known == e.PARCEL_VOIDED.name:
        return _("Taken apart"), _reason(payload["reason"])
    return known, ""


def _reason(code: str) -> str:
    reasons = {
        "cancelled": _("the sub-order was taken back"),
        "order_changed": _("the order changed"),
        "parted": _("what leaves together changed"),
        "recalled": _("called back to leave with other orders, or alone"),
        "renewed": _("a new one was asked for"),
    }
    return reasons.get(code, code)


def words_of_node(node: str) -> str:
    """What the customer hears."""
    return {"picked_up": _("picked up"), "delivered": _("delivered"), "exception": _("exception")}[node]


def words_of_scan(verdict: str) -> str:
    """What was wrong with a scan at the bench."""
    words = {"wrong": _("does not belong"), "extra": _("one too many"), "unknown": _("unknown barcode")}
    return words.get(verdict, verdict)
