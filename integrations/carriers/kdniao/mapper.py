"""快递鸟's push as parcels: whole histories, oldest first; detailed codes only for accounts that pay for them."""

from dataclasses import replace

from core.errors import Unreadable
from fulfillment.domain.carriage import NODE_OF, CustomerNode, ParcelTrack, TrackEvent, TrackStatus
from integrations.carriers import companies, forms, wording
from integrations.carriers.kdniao.delivery import FIELD
from integrations.carriers.kdniao.states import STATES, finest, status
from integrations.carriers.scans import newest_node, oldest_first, read_time, settled
from integrations.channels.fields import Notes, Row, flag, mapping, rows, text


def read(body: bytes) -> list[ParcelTrack]:
    """A parcel per entry of `Data`. An entry without a number is passed over with a warning on its neighbours; none
    with a number is Unreadable `no_waybill`."""
    parsed = forms.inner(body, FIELD)
    push = forms.unwrap(mapping(parsed.value), FIELD)
    entries = rows(push.get("Data")) or ([push] if "LogisticCode" in push else [])
    named = [entry for entry in entries if text(entry.get("LogisticCode"))]
    if not named:
        raise Unreadable("the push names no waybill number (Data[].LogisticCode)", code="no_waybill")
    odd = [*parsed.warnings]
    if len(named) < len(entries):
        odd.append(f"no_waybill: {len(entries) - len(named)} of {len(entries)} entries have no number")
    if (count := text(push.get("Count"))) and count != str(len(entries)):
        odd.append(f"count_mismatch: Count says {count[:10]}, there are {len(entries)}")
    return [_parcel(entry, Notes(*odd)) for entry in named]


def _parcel(entry: Row, notes: Notes) -> ParcelTrack:
    events = oldest_first([_scan(row, notes) for row in rows(entry.get("Traces"))], newest_first=False)
    if "Success" in entry and not flag(entry["Success"]):
        notes.add("lookup_failed", text(entry.get("Reason"))[:80])
    if not events:
        notes.add("no_scans")
    events, node = _current(events, text(entry.get("State")), text(entry.get("StateEx")), notes)
    carrier = companies.from_kdniao(text(entry.get("ShipperCode")))
    return ParcelTrack(text(entry["LogisticCode"]), carrier, events, node, notes.all())


def _scan(row: Row, notes: Notes) -> TrackEvent:
    words, code = text(row.get("AcceptStation")), text(row.get("Action"))
    if code and code not in STATES:
        notes.add("unknown_code", code[:20])
    meant = status(code) if code else wording.status_of(words, TrackStatus.IN_TRANSIT)
    return TrackEvent(meant, code, read_time(row, ("AcceptTime",), notes), text(row.get("Location")), words)


def _current(
    events: tuple[TrackEvent, ...], basic: str, detailed: str, notes: Notes
) -> tuple[tuple[TrackEvent, ...], CustomerNode | None]:
    """The newest scan takes the parcel's state where it has no code of its own; the state decides the customer node."""
    if basic and basic not in STATES:
        notes.add("unknown_state", basic[:20])
    state = finest(basic if basic in STATES else "", detailed)
    if state not in STATES:
        notes.add("no_state")
        return events, newest_node(events)
    if not events:
        return events, NODE_OF.get(status(state))
    newest = events[-1]
    related = newest.code[:1] == state[:1]
    if not newest.code or (related and len(state) > len(newest.code)):
        newest = settled(newest, status(state), state)
    elif newest.code not in STATES or not related:
        notes.add("state_mismatch", f"state {state}, newest scan {newest.code}")
        newest = replace(newest, status=status(state))
    return (*events[:-1], newest), NODE_OF.get(newest.status)
