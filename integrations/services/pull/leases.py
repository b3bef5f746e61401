"""Which shop's list is due, and who holds it: two workers never read one list at once, a dead one's lease runs out."""

import random
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from core.errors import Conflict
from integrations.channels.pulling import PullRefused
from integrations.models import ShopPull

LEASE_SECONDS = 60  # longer than any one call with its pauses
FIRST_LOOK_HOURS = 24  # how far back a shop's first reading goes
_LONGEST_BACKOFF = 600.0  # s; the same for what only a person can mend, who may mend it any moment
_DUE = "p.next_at <= statement_timestamp() AND (p.lease_until IS NULL OR p.lease_until < statement_timestamp())"
# For the sweeper: a shop is due, or was never read at all.
WAITING = (
    "SELECT 1 FROM catalog_shop s LEFT JOIN integrations_shoppull p ON p.shop_id = s.id"  # noqa: S608 - a constant
    f" WHERE s.is_active AND (p.id IS NULL OR ({_DUE}))"
)


class LeaseLost(Conflict):
    """Another worker reads this shop's list now: nothing more may be moved by this one."""

    code = "lease_lost"


def claim() -> ShopPull | None:
    """Lease the shop that has waited longest; None when none is due, or enough are being read already.

    A shop that was never read gets its row here.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO integrations_shoppull
                      (shop_id, since, read_from, step_seconds, skew_seconds, token, failures, error_code, error)
               SELECT id, statement_timestamp() - make_interval(hours => %(hours)s),
                      statement_timestamp() - make_interval(hours => %(hours)s), 3600, 0, 0, 0, '', ''
                 FROM catalog_shop WHERE is_active ON CONFLICT (shop_id) DO NOTHING""",
            {"hours": FIRST_LOOK_HOURS},
        )
        cursor.execute(
            f"""WITH due AS (
                    SELECT p.id FROM integrations_shoppull p JOIN catalog_shop s ON s.id = p.shop_id
                     WHERE s.is_active AND {_DUE}
                       AND (SELECT count(*) FROM integrations_shoppull WHERE lease_until > statement_timestamp())
                           < %(at_once)s
                     ORDER BY p.next_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
                UPDATE integrations_shoppull p
                   SET token = p.token + 1, lease_until = statement_timestamp() + make_interval(secs => %(lease)s)
                  FROM due WHERE p.id = due.id RETURNING p.id""",  # noqa: S608 - _DUE is the constant above
            {"lease": LEASE_SECONDS, "at_once": settings.PULLS_AT_ONCE},
        )
        row = cursor.fetchone()
    return ShopPull.objects.select_related("shop").get(pk=row[0]) if row else None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to move `pull`; every method raises LeaseLost once another worker has it."""

    pull: ShopPull

    def keep(self) -> None:
        self.move(lease_until=Now() + timedelta(seconds=LEASE_SECONDS))

    def move(self, **changes: object) -> None:
        """Change the row, here and in the database."""
        if not ShopPull.objects.filter(pk=self.pull.pk, token=self.pull.token).update(**changes):
            raise LeaseLost
        for name, value in changes.items():
            setattr(self.pull, name, value)

    def done(self, *, again_at_once: bool) -> None:
        """Give it back after a run without an error."""
        wait = timedelta(seconds=0 if again_at_once else settings.PULL_EVERY_SECONDS)
        self.move(lease_until=None, next_at=Now() + wait, failures=0, error_code="", error="", succeeded_at=Now())

    def failed(self, error: PullRefused) -> None:
        """Give it back, to be tried later: when the platform said, else after a pause that doubles."""
        pause = _LONGEST_BACKOFF
        if error.retry:
            doubling = settings.PULL_EVERY_SECONDS * 2 ** min(self.pull.failures, 10) * random.uniform(0.8, 1.2)
            pause = max(error.wait or 0.0, min(doubling, _LONGEST_BACKOFF))
        self.move(
            lease_until=None,
            next_at=Now() + timedelta(seconds=pause),
            failures=F("failures") + 1,
            error_code=error.code[:80],
            error=str(error.message)[:300],
        )


def hurry(shop_ids: set[int]) -> None:
    """Somebody wants something of these shops now; one whose platform refuses us keeps its pause."""
    ShopPull.objects.filter(shop_id__in=shop_ids, failures=0, next_at__gt=Now()).update(next_at=Now())
