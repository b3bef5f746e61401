"""Working hours and the first-response clock. Pure.

A clock runs only in working time and stands still while the ticket waits for the buyer. Minutes are working minutes.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

AMBER_SHARE = 0.8
_HORIZON_DAYS = 400  # a calendar without any working time within a year is a mistake, not a schedule


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening times per weekday (Monday 0) in `zone`. `closes` is exclusive; 00:00 means the end of the day.
    A weekday that is missing is free; `free_days` are free whatever their weekday."""

    zone: tzinfo
    hours: Mapping[int, tuple[time, time]]
    free_days: frozenset[date] = field(default_factory=frozenset)

    def spans(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working spans that end after `since`, in order."""
        day = since.astimezone(self.zone).date()
        for offset in range(_HORIZON_DAYS):
            current = day + timedelta(days=offset)
            hours = self.hours.get(current.weekday())
            if hours is None or current in self.free_days:
                continue
            opens = datetime.combine(current, hours[0], self.zone)
            last = current + timedelta(days=1) if hours[1] == time(0) else current
            closes = datetime.combine(last, hours[1], self.zone)
            if closes > since:
                yield max(opens, since), closes


def due(calendar: Calendar, start: datetime, minutes: float) -> datetime:
    """The moment by which `minutes` of working time after `start` have passed, in `start`'s zone.

    Raises ValueError for a calendar without working time.
    """
    left = timedelta(minutes=minutes)
    for opens, closes in calendar.spans(start):
        if closes - opens >= left:
            return (opens + left).astimezone(start.tzinfo)
        left -= closes - opens
    raise ValueError("the calendar has no working time")


def minutes_between(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Working minutes from `start` to `end`; 0 when `end` is not after `start`."""
    total = timedelta()
    for opens, closes in calendar.spans(start):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return total.total_seconds() / 60


@dataclass(frozen=True, slots=True)
class Clock:
    """When the first response turns amber and when it is due."""

    amber_at: datetime
    respond_by: datetime


def start(calendar: Calendar, moment: datetime, minutes: float) -> Clock:
    """A clock of `minutes` that starts at `moment`."""
    return Clock(due(calendar, moment, minutes * AMBER_SHARE), due(calendar, moment, minutes))


def resume(calendar: Calendar, clock: Clock, paused_at: datetime, moment: datetime) -> Clock:
    """The clock after it stood still from `paused_at` to `moment`: what was left then is left now."""
    return Clock(
        *(
            due(calendar, moment, minutes_between(calendar, paused_at, then)) if then > paused_at else then
            for then in (clock.amber_at, clock.respond_by)
        )
    )


class Level(StrEnum):
    RUNNING = "running"
    AMBER = "amber"
    LATE = "late"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"
    ENDED = "ended"  # settled before anybody had to answer


@dataclass(frozen=True, slots=True)
class Reading:
    """What the chip shows. `minutes` counts wall-clock minutes: left while running, over when late or missed, needed
    when met; None where it says nothing."""

    level: Level
    minutes: int | None = None


def read(
    clock: Clock, *, opened_at: datetime, responded_at: datetime | None, paused_at: datetime | None, is_open: bool,
    now: datetime,
) -> Reading:  # fmt: skip
    """The clock's reading at `now`."""
    if responded_at is not None:
        if responded_at <= clock.respond_by:
            return Reading(Level.MET, _minutes(responded_at - opened_at))
        return Reading(Level.MISSED, _minutes(responded_at - clock.respond_by))
    if not is_open:
        return Reading(Level.ENDED)
    if paused_at is not None:
        return Reading(Level.PAUSED)
    if now >= clock.respond_by:
        return Reading(Level.LATE, _minutes(now - clock.respond_by))
    level = Level.AMBER if now >= clock.amber_at else Level.RUNNING
    return Reading(level, _minutes(clock.respond_by - now))


def _minutes(span: timedelta) -> int:
    return max(int(-(-span.total_seconds() // 60)), 0)
