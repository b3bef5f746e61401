"""Events as sentences for people."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import Event
from oms.choices import HOLD_REASON, REFUND_STATUS, SUBORDER_STATUS, in_words

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline: who, what, and details worth a glance; `bad` marks trouble."""

    at: datetime
    actor: str
    text: str
    detail: str
    version: int
    bad: bool = False


def told(events: Iterable[Event]) -> list[Told]:
    return [
        Told(event.occurred_at, event.actor, *_sentence(event.type, event.payload), event.version, event.type in _BAD)
        for event in events
    ]


_BAD = {"oms.hold_opened", "oms.order_backordered", "oms.order_cancelled", "oms.suborder_cancelled"}


def _sentence(event_type: str, payload: Payload) -> tuple[str, str]:
    teller = _TELLERS.get(event_type)
    return teller(payload) if teller else (event_type, "")


def _captured(payload: Payload) -> tuple[str, str]:
    count = _("%(n)d lines") % {"n": len(payload["lines"])}
    return _("Order received"), f"{count} · {_version(payload['order']['platform_modified_at'])}"


def _amended(payload: Payload) -> tuple[str, str]:
    changes = in_words(",".join(payload["changes"]))
    version = _version(payload["order"]["platform_modified_at"])
    return _("The platform sent a newer version"), " · ".join(part for part in (changes, version) if part)


def _ignored(payload: Payload) -> tuple[str, str]:
    words = {"late": _version(payload["modified_at"]), "winner": _version(payload.get("in_force"))}
    return _("An older version came late and was ignored"), _("%(late)s lost to %(winner)s") % words


def _confirmed(payload: Payload) -> tuple[str, str]:
    return _("The platform sent the version in force again"), _version(payload["modified_at"])


def _version(modified_at: str | None) -> str:
    """How people tell versions apart: by the time the platform gives them."""
    if not modified_at:
        return _("version without a time")
    shown = date_format(localtime(datetime.fromisoformat(modified_at)), "m-d H:i:s")
    return _("version of %(time)s") % {"time": shown}


def _hold(payload: Payload) -> tuple[str, str]:
    return _("Held: %(reason)s") % {"reason": dict(HOLD_REASON)[payload["reason"]]}, in_words(payload["detail"])


def _released(payload: Payload) -> tuple[str, str]:
    return _("Hold released"), in_words(payload["note"])


def _allocated(payload: Payload) -> tuple[str, str]:
    lines = sum(len(suborder["lines"]) for suborder in payload["suborders"])
    count = {"n": len(payload["suborders"]), "lines": lines}
    return _("Routed and stock locked"), _("%(n)d parcels, %(lines)d lines") % count


def _short(payload: Payload) -> tuple[str, str]:
    return _("Out of stock, waiting for the next arrival"), _("%(n)d SKUs short") % {"n": len(payload["shortages"])}


def _moved(payload: Payload) -> tuple[str, str]:
    status = dict(SUBORDER_STATUS)[payload["to"]]
    return _("Sub-order: %(status)s") % {"status": status}, f"#{payload['suborder_id']}"


def _shipped(payload: Payload) -> tuple[str, str]:
    parcels = ", ".join(f"{parcel['carrier']} {parcel['waybill_no']}" for parcel in payload["parcels"])
    return _("Handed to the carrier"), parcels


def _merged(payload: Payload) -> tuple[str, str]:
    count = _("%(n)d orders in one parcel") % {"n": len(payload["order_ids"])}
    return _("Merged with other orders"), " · ".join(filter(None, [count, payload["rule"], payload["note"]]))


def _sealed(payload: Payload) -> tuple[str, str]:
    seals = [_("never split")] * payload["no_split"] + [_("never merge")] * payload["no_merge"]
    text = _("Sealed: %(seals)s") % {"seals": ", ".join(seals)} if seals else _("Seals lifted")
    return text, payload["reason"]


def _refund(payload: Payload) -> tuple[str, str]:
    return _("Refund on the platform: %(status)s") % {"status": REFUND_STATUS[payload["status"]]}, payload["refund_no"]


def _plain(text: Any, key: str = "") -> Callable[[Payload], tuple[str, str]]:
    return lambda payload: (str(text), in_words(str(payload.get(key, ""))) if key else "")


_TELLERS: Mapping[str, Callable[[Payload], tuple[str, str]]] = {
    "oms.order_captured": _captured,
    "oms.order_amended": _amended,
    "oms.order_version_ignored": _ignored,
    "oms.order_version_confirmed": _confirmed,
    "oms.hold_opened": _hold,
    "oms.hold_released": _released,
    "oms.hold_restated": _plain(gettext_lazy("Held for another cause now"), "detail"),
    "oms.hold_taken": _plain(gettext_lazy("Taken over"), "owner"),
    "oms.lines_matched": _plain(gettext_lazy("Product matched to a SKU")),
    "oms.address_fixed": _plain(gettext_lazy("Address corrected"), "district"),
    "oms.address_settled": _plain(gettext_lazy("Address settled as one like it was before"), "district"),
    "oms.address_reopened": _plain(gettext_lazy("The remembered answer was withdrawn"), "district"),
    "oms.order_allocated": _allocated,
    "oms.order_backordered": _short,
    "oms.order_woken": _plain(gettext_lazy("Stock arrived, trying again")),
    "oms.suborder_moved": _moved,
    "oms.suborder_shipped": _shipped,
    "oms.suborder_trimmed": _plain(gettext_lazy("Fewer goods wanted, stock given back")),
    "oms.suborder_cancelled": _plain(gettext_lazy("Sub-order taken back, stock given back"), "reason"),
    "oms.order_merged": _merged,
    "oms.order_parted": _plain(gettext_lazy("Goes by itself again"), "reason"),
    "oms.order_sealed": _sealed,
    "oms.order_cancelled": _plain(gettext_lazy("Cancelled"), "reason"),
    "oms.refund_reported": _refund,
    "oms.order_noted": _plain(gettext_lazy("Note"), "text"),
}
