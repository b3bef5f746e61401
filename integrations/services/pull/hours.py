"""The proof: per shop and hour of purchase, the platform's count against ours, and what is missing by name.

It goes by creation time, which no change moves, and so does not depend on how the cursor was read. What it finds
missing is asked for by number.
"""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.functions import Now

from core import clock
from core.services import audit
from integrations.channels.pulling import Window
from integrations.models import LateOrder, ShopHour, ShopPull
from integrations.services.pull import fetches
from integrations.services.pull.intake import Intake
from integrations.services.pull.line import Line
from integrations.services.pull.run_time import RunTime
from oms.models import Order

HOUR = timedelta(hours=1)
KEPT_OPEN = timedelta(hours=48)  # hours younger than this are counted
GRACE = timedelta(minutes=2)  # younger orders may still be on their way to us
SOON, LAST_LOOK = timedelta(minutes=2), timedelta(hours=25)
_AT_ONCE = 4  # hours in one run


def count_due(pull: ShopPull, line: Line, intake: Intake, run_time: RunTime) -> bool:
    """Count the hours that are due, the latest first; True when more of them wait.

    Only as far as the list had been read when the run before this one ended: what that brought has been applied since.
    """
    if pull.complete_to is None or intake.lags():
        return False
    _open_hours(pull, pull.complete_to - GRACE)
    due = ShopHour.objects.filter(Q(next_check_at__lte=Now()) | Q(again=True), shop=pull.shop).order_by("-hour")
    rows = list(due[: _AT_ONCE + 1])
    for row in rows[:_AT_ONCE]:
        if run_time.is_up():
            return True
        if row.again:
            intake.take(line.read(Window(row.hour, row.hour + HOUR - timedelta(seconds=1), created=True)))
        _count(row, line, intake, pull.complete_to - GRACE)
    return len(rows) > _AT_ONCE


def ask_again(hour_id: int) -> None:
    """Read every order of this hour anew, whatever is here already, and count."""
    with transaction.atomic():
        row = ShopHour.objects.select_for_update().get(pk=hour_id)
        if not row.again:
            row.again = True
            row.save(update_fields=["again"])
            audit.record("pull.again", f"shop:{row.shop_id}", reason=f"{row.hour:%Y-%m-%dT%H:%MZ}")
        fetches.call(row.shop_id)


def _open_hours(pull: ShopPull, until: datetime) -> None:
    """Rows from the first hour that was ever read whole to the one of `until`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO integrations_shophour (shop_id, hour, pushed, pulled, missing, next_check_at, again)
               SELECT %s, h, 0, 0, '{}', statement_timestamp(), false
                 FROM generate_series(%s::timestamptz, %s::timestamptz, interval '1 hour') AS h
               ON CONFLICT (shop_id, hour) DO NOTHING""",
            [pull.shop_id, _hour_of(max(pull.since + HOUR, until - KEPT_OPEN)), _hour_of(until)],
        )


def _hour_of(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _count(row: ShopHour, line: Line, intake: Intake, until: datetime) -> None:
    """A gap is named the first time it is seen, and asked for by number when it is still there the next."""
    end = min(row.hour + HOUR - timedelta(seconds=1), until)
    numbers = {listed.order_no for listed in line.read(Window(row.hour, end, created=True, brief=True))}
    here = set(Order.objects.filter(shop=row.shop_id, order_no__in=numbers).values_list("order_no", flat=True))
    late = LateOrder.objects.filter(shop=row.shop_id, order_no__in=here).count()
    missing = sorted(numbers - here)
    if intake.on_their_way() & set(missing):
        ShopHour.objects.filter(pk=row.pk).update(next_check_at=clock.now() + SOON)
        return
    ShopHour.objects.filter(pk=row.pk).update(
        total=len(numbers),
        pushed=len(here) - late,
        pulled=late,
        missing=missing,
        checked_at=Now(),
        again=False,
        next_check_at=_next_look(row.hour, until, bool(missing)),
    )
    still = set(missing) & set(row.missing)
    fetches.owe([fetches.Wanted(row.shop_id, number, via="pull") for number in still])


def _next_look(hour: datetime, until: datetime, gaps: bool) -> datetime | None:
    """Soon while the hour runs or something is missing; once whole, a day later for the last time."""
    if gaps or until < hour + HOUR:
        return clock.now() + SOON
    return hour + HOUR + LAST_LOOK if until < hour + HOUR + LAST_LOOK else None
