"""From a carrier's scans in any order to one parcel's history, oldest first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from fulfillment.domain.carriage import NODE_OF, CustomerNode, TrackEvent, TrackStatus
from integrations.carriers.times import scan_time
from integrations.channels.fields import Notes, Row, text


def read_time(row: Row, names: Sequence[str], notes: Notes) -> datetime | None:
    """The first readable time among the fields `names`; a missing or broken one is noted once."""
    given = [raw for name in names if (raw := text(row.get(name)))]
    for raw in given:
        if (at := scan_time(raw)) is not None:
            if "+" in raw[8:12]:
                notes.add("plus_for_space", "a time was sent without form-decoding")
            return at
    notes.add("bad_time" if given else "no_time", given[0][:40] if given else "a scan carries no time")
    return None


def oldest_first(events: Sequence[TrackEvent], *, newest_first: bool) -> tuple[TrackEvent, ...]:
    """Sorted by time; equal times keep the order of the carrier, whose lists run `newest_first` or not.

    A scan without a time cannot be sorted: then the carrier's own order stands, turned round if need be.
    """
    placed = list(reversed(events)) if newest_first else list(events)
    times = [event.at for event in placed if event.at is not None]
    if len(times) == len(placed):
        order = sorted(range(len(placed)), key=lambda index: times[index])
        return tuple(placed[index] for index in order)
    if len(times) > 1 and times[0] > times[-1]:
        placed.reverse()  # this sender lists the other way round
    return tuple(placed)


def newest_node(events: Sequence[TrackEvent]) -> CustomerNode | None:
    """The customer node of the newest scan whose meaning is known."""
    known = (event.status for event in reversed(events) if event.status is not TrackStatus.UNKNOWN)
    return NODE_OF.get(next(known, TrackStatus.UNKNOWN))


def settled(event: TrackEvent, status: TrackStatus, code: str) -> TrackEvent:
    """The newest scan with the parcel's own state; "on its way" leaves room for what the words say more exactly."""
    exact = status is TrackStatus.IN_TRANSIT and event.status in (TrackStatus.OUT_FOR_DELIVERY, TrackStatus.AT_LOCKER)
    return replace(event, status=event.status if exact else status, code=code)
