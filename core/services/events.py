"""Append to the event log; owe each subscriber a delivery in the same transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from core import clock
from core.context import current
from core.doorbell import ring
from core.errors import Conflict
from core.events import NewEvent
from core.services.bulk import as_json
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


def append(batch: Sequence[Append], *, actor: str = "", occurred_at: datetime | None = None) -> None:
    """Write the events of many aggregates and their deliveries, in one statement.

    Must run inside the transaction that writes the projections. Raises Conflict when a stream has moved on since
    `expected_version` was read; nothing of the batch is written then.
    """
    assert connection.in_atomic_block, "events belong to the transaction that changes the projections"
    moment, context = occurred_at or clock.now(), current()
    rows = [
        {
            "stream": part.stream,
            "version": part.expected_version + offset,
            "type": new.type.name,
            "schema": new.type.schema,
            "payload": new.payload,
            "actor": actor or context.actor,
            "request_id": context.request_id,
            "occurred_at": moment,
        }
        for part in batch
        for offset, new in enumerate(part.events, start=1)
    ]
    if not rows:
        return
    names = {new.type.name for part in batch for new in part.events}
    owed = [(name, subscriber) for name in names for subscriber in subscribers_of(name)]
    with transaction.atomic():
        if _write(rows, owed) != len(rows):
            raise Conflict("the record was changed by somebody else", code="stale_version")
    if owed:
        ring("core.tasks.relay_outbox")


def _write(rows: Sequence[dict[str, Any]], owed: Sequence[tuple[str, str]]) -> int:
    """Insert events and what is `owed` of them: (event type, subscriber). Returns how many events were new."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH written AS (
                 INSERT INTO core_event (stream, version, type, schema, payload, actor, request_id, occurred_at)
                 SELECT stream, version, type, schema, payload, actor, request_id, occurred_at
                   FROM json_populate_recordset(NULL::core_event, %s)
                 ON CONFLICT (stream, version) DO NOTHING
                 RETURNING id, stream, type),
               owed AS (
                 INSERT INTO core_delivery (event_id, subscriber, stream, type, state, attempts, token, last_error)
                 SELECT w.id, s.subscriber, w.stream, w.type, 'pending', 0, 0, ''
                   FROM written w JOIN unnest(%s::text[], %s::text[]) AS s (type, subscriber) ON s.type = w.type
                  ORDER BY w.id)
               SELECT count(*) FROM written""",
            [as_json(rows), [name for name, _subscriber in owed], [subscriber for _name, subscriber in owed]],
        )
        return cursor.fetchone()[0]
