"""Which sub-orders of the pool go into one wave. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class WaveKind(StrEnum):
    """What a sub-order looks like decides how it is picked."""

    SINGLE = "single"  # one piece: picked in bulk, packed from one heap
    SAME_SKU = "same_sku"  # several pieces of one SKU
    MULTI = "multi"  # mixed goods: sorted into totes while walking


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sub-order of the pool, or several that leave together and go by the first. `pieces` maps SKU id → units; times
    are aware; weight in g."""

    suborder_id: int
    pieces: Mapping[int, int]
    weight_g: int
    ship_by: datetime | None
    since: datetime | None

    @property
    def kind(self) -> WaveKind:
        if len(self.pieces) > 1:
            return WaveKind.MULTI
        return WaveKind.SINGLE if sum(self.pieces.values()) == 1 else WaveKind.SAME_SKU


@dataclass(frozen=True, slots=True)
class Limits:
    """A wave is full at the first of `max_*` and then starts. One that is not full starts when it has `min_orders`, its
    oldest member has waited `wait_minutes`, and fewer than `max_backlog` walks wait for a picker anyway: while all are
    busy, it is better to let it grow. One of whose members must ship within `urgent_hours` starts in any case."""

    max_orders: int = 20
    max_lines: int = 60
    max_weight_g: int = 100_000
    min_orders: int = 1
    wait_minutes: int = 0
    max_backlog: int = 3
    urgent_hours: int = 4


def batches(waiting: Sequence[Waiting], limits: Limits, now: datetime, backlog: int = 0) -> list[list[Waiting]]:
    """Waves of sub-orders of one kind, in the order given; a sub-order beyond the limits by itself gets its own. Those
    that should wait for company are in none. `backlog` walks wait for a picker now."""
    made: list[list[Waiting]] = []
    current: list[Waiting] = []
    for one in waiting:
        if current and not _fits(current, one, limits):
            made.append(current)
            current = []
        current.append(one)
    if current and (_is_full(current, limits) or _may_start(current, limits, now, backlog)):
        made.append(current)
    return made


def _fits(members: Sequence[Waiting], one: Waiting, limits: Limits) -> bool:
    return (
        len(members) < limits.max_orders
        and sum(len(member.pieces) for member in members) + len(one.pieces) <= limits.max_lines
        and sum(member.weight_g for member in members) + one.weight_g <= limits.max_weight_g
    )


def _is_full(members: Sequence[Waiting], limits: Limits) -> bool:
    return (
        len(members) >= limits.max_orders
        or sum(len(member.pieces) for member in members) >= limits.max_lines
        or sum(member.weight_g for member in members) >= limits.max_weight_g
    )


def _may_start(members: Sequence[Waiting], limits: Limits, now: datetime, backlog: int) -> bool:
    urgent = now + timedelta(hours=limits.urgent_hours)
    if any(member.ship_by is not None and member.ship_by <= urgent for member in members):
        return True
    if backlog >= limits.max_backlog:
        return False
    waited = now - timedelta(minutes=limits.wait_minutes)
    return len(members) >= limits.min_orders and any(m.since is None or m.since <= waited for m in members)
