"""顺丰's scans as parcels. Pushes are increments: one or more scans of one or more waybills, each with its own id."""

from core.errors import Unreadable
from fulfillment.domain.carriage import ParcelTrack, TrackEvent, TrackStatus
from integrations.carriers import wording
from integrations.carriers.scans import newest_node, oldest_first, read_time
from integrations.carriers.sf import envelope
from integrations.carriers.sf.opcodes import OPCODES
from integrations.channels.fields import Notes, Row, first


def read(body: bytes) -> list[ParcelTrack]:
    """A parcel per waybill number, in the order they first appear; raises Unreadable `no_waybill` or `no_scans`."""
    parsed = envelope.document(body)
    found: dict[str, list[Row]] = {}
    for number, scan in envelope.scans(parsed.value):
        found.setdefault(number, []).append(scan)
    nameless = len(found.pop("", []))
    if not found:
        code = "no_waybill" if nameless else "no_scans"
        raise Unreadable("the message names no waybill number" if nameless else "the message holds no scan", code=code)
    odd = [*parsed.warnings, *([f"no_waybill: {nameless} scans without a number"] if nameless else [])]
    return [_parcel(number, scans, Notes(*odd)) for number, scans in found.items()]


def _parcel(number: str, scans: list[Row], notes: Notes) -> ParcelTrack:
    events = oldest_first([_scan(row, notes) for row in scans], newest_first=False)
    return ParcelTrack(number, "SF", events, newest_node(events), notes.all())


def _scan(row: Row, notes: Notes) -> TrackEvent:
    code = first(row, "opCode", "opcode", "op_code")
    words = first(row, "remark")
    if reason := first(row, "reasonName"):
        words = f"{words} ({reason})" if words else reason
    if not code:
        notes.add("no_code", "a scan carries no opCode")
    elif code not in OPCODES:
        notes.add("unknown_code", code[:20])
    status = OPCODES.get(code) or wording.status_of(words, TrackStatus.UNKNOWN)
    place = first(row, "acceptAddress", "accept_address", "acceptAddr")
    at = read_time(row, ("acceptTime", "accept_time", "acceptDate"), notes)
    return TrackEvent(status, code, at, place, words, first(row, "id"))
