"""The one clock. Leases and time-to-live use the database's `now()` instead (see core.services.claims)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

BUSINESS_ZONE = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """Aware UTC now, or the instant set by `at`."""
    return _frozen.get() or timezone.now()


def business_date(moment: datetime | None = None) -> date:
    """The Asia/Shanghai calendar day of `moment` (default: now)."""
    return (moment or now()).astimezone(BUSINESS_ZONE).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Stop the clock at `moment` inside the block (simulations and tests)."""
    token = _frozen.set(moment)
    try:
        yield
    finally:
        _frozen.reset(token)
