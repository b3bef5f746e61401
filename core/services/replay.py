"""Rebuild projections from the log and compare them with the live rows."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from itertools import groupby
from typing import Any

from core.models import Event
from core.projections import LoggedEvent, Projection, Rows, all_projections
from core.services.events import upcast

BATCH = 500
MAX_DIFFERENCES = 100


@dataclass
class Verdict:
    """What a replay found; `differences` are `{stream, table, expected, found}` with only the differing columns."""

    streams: int = 0
    events: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        return not self.differences


def verify() -> Verdict:
    """Fold every stream and compare with the stored rows, aggregate by aggregate."""
    verdict, started = Verdict(), time.perf_counter()
    for projection in all_projections():
        _verify(projection, verdict)
    verdict.seconds = round(time.perf_counter() - started, 3)
    return verdict


def _verify(projection: Projection, verdict: Verdict) -> None:
    seen: set[int] = set()
    for chunk in _chunks(_streams(projection.prefix)):
        stored = projection.stored([aggregate_id for aggregate_id, _events in chunk])
        for aggregate_id, events in chunk:
            seen.add(aggregate_id)
            verdict.streams += 1
            verdict.events += len(events)
            rebuilt = projection.rebuild(aggregate_id, events)
            _compare(f"{projection.prefix}:{aggregate_id}", rebuilt, stored.get(aggregate_id, {}), verdict)
    for aggregate_id in set(projection.ids()) - seen:
        _note(verdict, f"{projection.prefix}:{aggregate_id}", "*", "no events", "rows")


def _streams(prefix: str) -> Iterator[tuple[int, list[LoggedEvent]]]:
    rows = (
        Event.objects.filter(stream__startswith=f"{prefix}:")
        .order_by("stream", "version")
        .values_list("stream", "type", "schema", "version", "payload", "occurred_at")
        .iterator(chunk_size=5000)
    )
    for stream, group in groupby(rows, key=lambda row: row[0]):
        yield (
            int(stream.rpartition(":")[2]),
            [
                LoggedEvent(kind, version, upcast(kind, schema, payload), at.astimezone(UTC).isoformat())
                for _stream, kind, schema, version, payload, at in group
            ],
        )


def _chunks(
    streams: Iterator[tuple[int, list[LoggedEvent]]],
) -> Iterator[list[tuple[int, list[LoggedEvent]]]]:
    chunk: list[tuple[int, list[LoggedEvent]]] = []
    for item in streams:
        chunk.append(item)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _compare(stream: str, rebuilt: Rows, stored: Rows, verdict: Verdict) -> None:
    for table in sorted(set(rebuilt) | set(stored)):
        expected, found = rebuilt.get(table, []), stored.get(table, [])
        if expected == found:
            continue
        if len(expected) != len(found):
            _note(verdict, stream, table, f"{len(expected)} rows", f"{len(found)} rows")
            continue
        for left, right in zip(expected, found, strict=True):
            keys = [key for key in left.keys() | right.keys() if left.get(key) != right.get(key)]
            if keys:
                _note(verdict, stream, table, _pick(left, keys), _pick(right, keys))


def _pick(row: dict[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: row.get(key) for key in sorted(keys)}


def _note(verdict: Verdict, stream: str, table: str, expected: Any, found: Any) -> None:
    if len(verdict.differences) < MAX_DIFFERENCES:
        verdict.differences.append({"stream": stream, "table": table, "expected": expected, "found": found})
