"""Append to the event log; owe each subscriber a delivery in the same transaction."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from core import clock
from core.context import current
from core.doorbell import ring
from core.errors import Conflict
from core.events import NewEvent
from core.models import Delivery, Event
from core.subscriptions import subscribers_of


@dataclass(frozen=True, slots=True)
class Append:
    """The events one aggregate adds, and the version they were decided on (0 for a new stream)."""

    stream: str
    expected_version: int
    events: Sequence[NewEvent] = field(default_factory=tuple)


_upcasters: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}


def upcaster(name: str, from_schema: int) -> Callable[..., Any]:
    """Register how a payload of `name` at `from_schema` becomes one of the next schema. Events are never edited."""

    def register(function: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[dict[str, Any]], dict[str, Any]]:
        _upcasters[name, from_schema] = function
        return function

    return register


def upcast(name: str, schema: int, payload: dict[str, Any]) -> dict[str, Any]:
    """`payload` as today's code expects it."""
    while (step := _upcasters.get((name, schema))) is not None:
        payload, schema = step(payload), schema + 1
    return payload


def append(batch: Iterable[Append], *, actor: str = "", occurred_at: datetime | None = None) -> list[Event]:
    """Write the events of many aggregates at once, in two statements, and their deliveries.

    Must run inside the transaction that writes the projections. Raises Conflict when a stream has moved on since
    `expected_version` was read; nothing of the batch is written then.
    """
    assert connection.in_atomic_block, "events belong to the transaction that changes the projections"
    moment, context = occurred_at or clock.now(), current()
    rows = [
        Event(
            stream=part.stream,
            version=part.expected_version + offset,
            type=new.type.name,
            schema=new.type.schema,
            payload=new.payload,
            actor=actor or context.actor,
            request_id=context.request_id,
            occurred_at=moment,
        )
        for part in batch
        for offset, new in enumerate(part.events, start=1)
    ]
    if not rows:
        return []
    try:
        with transaction.atomic():
            Event.objects.bulk_create(rows)
    except IntegrityError as exc:
        raise Conflict("the record was changed by somebody else", code="stale_version") from exc
    owed = [
        Delivery(event=row, subscriber=name, stream=row.stream, type=row.type)
        for row in rows
        for name in subscribers_of(row.type)
    ]
    if owed:
        Delivery.objects.bulk_create(owed)
        ring("core.tasks.relay_outbox")
    return rows
