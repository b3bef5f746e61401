"""Registry of what can be rebuilt from the log; `manage.py replay --verify` walks it.

An app's `aggregates` module registers one `Projection` per aggregate. Rebuilding reads events and returns rows; it
writes nothing and calls nobody, so a replay cannot send anything outward.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Rows = dict[str, list[dict[str, Any]]]  # table name -> rows in key order, JSON-safe values


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """An event as a fold sees it: upcast, without database furniture."""

    type: str
    version: int
    payload: Mapping[str, Any]
    occurred_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class Projection:
    """`prefix` names the streams (`oms.order`); `rebuild` folds one stream's events; `stored` reads today's rows of
    many aggregates at once, by id, and `ids` lists every aggregate that has rows."""

    prefix: str
    rebuild: Callable[[int, Sequence[LoggedEvent]], Rows]
    stored: Callable[[Sequence[int]], dict[int, Rows]]
    ids: Callable[[], Sequence[int]]


_projections: dict[str, Projection] = {}


def register(projection: Projection) -> None:
    _projections[projection.prefix] = projection


def all_projections() -> Sequence[Projection]:
    return tuple(_projections.values())
