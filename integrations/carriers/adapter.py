"""What a tracking source must know how to do, as one record of pure functions.

Adding one is a folder `integrations/carriers/<carrier>/` whose package exports `TRACKER: Tracker`, plus one entry in
`integrations/carriers/registry.py`. Nothing here does I/O, reads a clock or knows Django. The door's vocabulary
(`Push`, `Answer`, `Outcome`, `BadSignature`) is the one of the sales channels, so one hook serves both.

A hook view uses a tracker in this order::

    push = Push.of(request.method, request.headers, request.GET, body)
    tracker.verify(push, secrets, now)      # raises BadSignature -> answer(Outcome.BAD_SIGNATURE, push, now)
    tracker.probe(push.body)                # raises Unreadable   -> answer(Outcome.UNREADABLE, push, now)
    store(tracker.delivery_key(push), push.body)
    return tracker.answer(Outcome.STORED, push, now)

and the worker later calls `tracker.read(body)`. Anything but STORED makes the carrier send again later.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fulfillment.domain.carriage import ParcelTrack
from integrations.channels.adapter import Answer, Outcome, Push


@dataclass(frozen=True, slots=True)
class Tracker:
    """One source of tracking pushes.

    verify(push, secrets, now): any live secret may match; constant time; raises BadSignature.
    delivery_key(push): at most 200 characters, equal for every copy of one delivery, distinct otherwise.
    probe(body): cheap strict check before storing (size, form, depth, JSON); raises core Unreadable.
    read(body): one ParcelTrack per waybill, events oldest first, from the body as pushed (form or bare JSON); raises
        core Unreadable with a stable code. What is odd but readable becomes a warning of its parcel.
    answer(outcome, push, now): what the carrier expects to hear; `push` is None when the body was never read.
    """

    key: str
    name: str
    verify: Callable[[Push, Sequence[str], datetime], None]
    delivery_key: Callable[[Push], str]
    probe: Callable[[bytes], None]
    read: Callable[[bytes], list[ParcelTrack]]
    answer: Callable[[Outcome, Push | None, datetime], Answer]
