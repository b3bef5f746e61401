"""The first-response clock runs in working time only, and stands still while the buyer is asked."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aftersales.domain import sla
from aftersales.domain.sla import Calendar, Clock, Level

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAILY = Calendar(SHANGHAI, dict.fromkeys(range(7), (time(9), time(18))))
OFFICE = Calendar(SHANGHAI, dict.fromkeys(range(5), (time(9), time(18))), frozenset({date(2026, 10, 1)}))


def at(day: int, hour: int, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "minutes", "expected"),
    [
        (at(1, 10), 10, at(1, 10, 10)),
        (at(1, 17, 55), 10, at(2, 9, 5)),  # the rest runs on in the morning
        (at(1, 22), 10, at(2, 9, 10)),
        (at(1, 3), 10, at(1, 9, 10)),
        (at(1, 17, 50), 10, at(1, 18)),
        (at(1, 9), 9 * 60 * 2 + 1, at(3, 9, 1)),
    ],
)
def test_due_counts_working_minutes(start, minutes, expected):
    assert sla.due(DAILY, start, minutes) == expected


def test_weekends_and_free_days_do_not_count():
    assert sla.due(OFFICE, at(4, 17, 55), 10) == at(7, 9, 5)  # Friday evening → Monday
    assert sla.due(OFFICE, at(30, 17, 55), 10) == at(2, 9, 5, month=10)  # over the 1st of October


def test_midnight_closes_the_day():
    calendar = Calendar(SHANGHAI, dict.fromkeys(range(7), (time(8), time(0))))
    assert sla.due(calendar, at(1, 23, 55), 10) == at(2, 8, 5)


def test_a_calendar_without_working_time_is_refused():
    with pytest.raises(ValueError, match="working time"):
        sla.due(Calendar(SHANGHAI, {}), at(1, 10), 10)


def test_what_was_left_before_the_pause_is_left_after_it():
    clock = sla.start(DAILY, at(1, 10), 10)
    resumed = sla.resume(DAILY, clock, at(1, 10, 4), at(1, 17, 57))
    assert resumed == Clock(at(2, 9, 1), at(2, 9, 3))  # 4 min to amber and 6 min to due were left


def test_a_pause_after_the_due_time_does_not_move_it():
    clock = sla.start(DAILY, at(1, 10), 10)
    assert sla.resume(DAILY, clock, at(1, 11), at(1, 12)) == clock


MOMENTS = st.integers(0, 60 * 24 * 14).map(
    lambda minutes: datetime(2026, 9, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(start=MOMENTS, minutes=st.integers(1, 3000))
def test_due_and_minutes_between_are_each_others_inverse(start, minutes):
    due = sla.due(OFFICE, start, minutes)
    assert sla.minutes_between(OFFICE, start, due) == minutes


@given(start=MOMENTS, wait=st.integers(0, 3000), pause=st.integers(0, 5000))
def test_a_pause_never_costs_or_gives_working_time(start, wait, pause):
    clock = sla.start(OFFICE, start, 10)
    paused, resumed = start + timedelta(minutes=wait), start + timedelta(minutes=wait + pause)
    left = sla.minutes_between(OFFICE, paused, clock.respond_by)
    after = sla.resume(OFFICE, clock, paused, resumed)
    if left:
        assert sla.minutes_between(OFFICE, resumed, after.respond_by) == left
    else:
        assert after.respond_by == clock.respond_by


def reading(now, *, responded=None, paused=None, is_open=True):
    return sla.read(
        sla.start(DAILY, at(1, 10), 10), opened_at=at(1, 10), responded_at=responded, paused_at=paused,
        is_open=is_open, now=now,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "level", "minutes"),
    [
        ({"now": at(1, 10, 3)}, Level.RUNNING, 7),
        ({"now": at(1, 10, 8)}, Level.AMBER, 2),  # 80 % are used
        ({"now": at(1, 10, 10)}, Level.LATE, 0),
        ({"now": at(1, 10, 15)}, Level.LATE, 5),
        ({"now": at(1, 10, 15), "paused": at(1, 10, 2)}, Level.PAUSED, None),
        ({"now": at(2, 9), "responded": at(1, 10, 4)}, Level.MET, 4),
        ({"now": at(2, 9), "responded": at(1, 10, 12)}, Level.MISSED, 2),
        ({"now": at(2, 9), "is_open": False}, Level.ENDED, None),
    ],
)
def test_the_chip(state, level, minutes):
    assert reading(**state) == sla.Reading(level, minutes)
