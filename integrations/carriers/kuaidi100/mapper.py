"""快递100's push as one parcel's history. `state` is the parcel's; scans carry codes only when `resultv2` was asked."""

from dataclasses import replace

from core.errors import Unreadable
from fulfillment.domain.carriage import NODE_OF, CustomerNode, ParcelTrack, TrackEvent, TrackStatus
from integrations.carriers import companies, forms, wording
from integrations.carriers.kuaidi100.delivery import FIELD
from integrations.carriers.kuaidi100.states import STATES, code_of, family, status
from integrations.carriers.scans import newest_node, oldest_first, read_time, settled
from integrations.channels.fields import Notes, Row, first, mapping, rows, text

_CLOSING = {TrackStatus.DELIVERED, TrackStatus.EXCEPTION, TrackStatus.RETURNING, TrackStatus.RETURNED}


def read(body: bytes) -> list[ParcelTrack]:
    """One parcel from a push (form or bare `param`) or from a query answer, which is the inner part alone."""
    parsed = forms.inner(body, FIELD)
    push = forms.unwrap(mapping(parsed.value), FIELD)
    notes = Notes(*parsed.warnings)
    found = mapping(push.get("lastResult")) or (push if "nu" in push else {})
    if not text(found.get("nu")) and mapping(push.get("destResult")):
        found = mapping(push["destResult"])
    number = text(found.get("nu"))
    if not number:
        raise Unreadable("the push names no waybill number (lastResult.nu)", code="no_waybill")
    events = oldest_first([_scan(row, notes) for row in rows(found.get("data"))], newest_first=True)
    _remark(push, found, events, notes)
    events, node = _current(events, text(found.get("state")), notes)
    return [ParcelTrack(number, companies.from_kuaidi100(text(found.get("com"))), events, node, notes.all())]


def _scan(row: Row, notes: Notes) -> TrackEvent:
    words = first(row, "context", "desc")
    code = text(row.get("statusCode")) or code_of(text(row.get("status")))
    if code and code not in STATES:
        notes.add("unknown_code", code[:20])
    meant = status(code) if code else wording.status_of(words, TrackStatus.IN_TRANSIT)
    return TrackEvent(meant, code, read_time(row, ("ftime", "time"), notes), first(row, "areaName", "location"), words)


def _current(
    events: tuple[TrackEvent, ...], state: str, notes: Notes
) -> tuple[tuple[TrackEvent, ...], CustomerNode | None]:
    """The newest scan takes the parcel's `state` where it has no finer code of its own; so does the customer node."""
    if state not in STATES:
        notes.add("unknown_state" if state else "no_state", state[:20])
        return events, newest_node(events)
    if not events:
        return events, NODE_OF.get(status(state))
    newest = events[-1]
    related = family(newest.code) == family(state)
    if not newest.code or (related and len(state) > len(newest.code)):
        newest = settled(newest, status(state), state)
    elif newest.code not in STATES or (not related and _closes(newest, state)):
        notes.add("state_mismatch", f"state {state}, newest scan {newest.code}")
        newest = replace(newest, status=status(state))
    node = NODE_OF.get(newest.status)
    if node is None and not related:
        node = NODE_OF.get(status(state))  # picked up since, and already on its way
    return (*events[:-1], newest), node


def _closes(newest: TrackEvent, state: str) -> bool:
    """Only a difference that a customer would feel is worth overruling the scan: delivered, stuck or going back."""
    return status(state) != newest.status and bool({status(state), newest.status} & _CLOSING)


def _remark(push: Row, found: Row, events: tuple[TrackEvent, ...], notes: Notes) -> None:
    """What the envelope says beside the scans: a number never found, a stall, a corrected company."""
    said = text(push.get("message"))
    if "无记录" in said or "无变化" in said:
        notes.add("contradictory" if events and "无记录" in said else "stalled", f"{said}, {len(events)} scans")
    if text(push.get("status")) == "abort" and not text(push.get("comNew")):
        notes.add("aborted", "快递100 no longer follows this number")
    if (corrected := text(push.get("comNew"))) and corrected != text(push.get("comOld")):
        notes.add("company_corrected", f"{text(push.get('comOld'))} to {corrected}")
    if (code := text(found.get("status"))) not in ("", "200"):
        notes.add("lookup_failed", f"{code} {text(found.get('message'))}"[:80])
    if not events:
        notes.add("no_scans")
