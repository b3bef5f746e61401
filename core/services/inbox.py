"""Take messages in, hand them out under a lease, settle them behind a fence."""

import json
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.utils import timezone

from core.errors import Conflict
from core.models import InboxMessage
from core.services import audit

LEASE_SECONDS = 40
MAX_ATTEMPTS = 5


@dataclass(frozen=True, slots=True)
class Arrival:
    """One message from outside; `meta` is what its reader needs of the headers and the query."""

    source: str
    delivery_key: str
    body: bytes
    meta: dict[str, Any]

    @property
    def key(self) -> tuple[str, str]:
        return self.source, self.delivery_key[:200]


def store(arrivals: Sequence[Arrival], line: BaseDatabaseWrapper | None = None) -> list[bool]:
    """Commit messages in one statement; which of them were not here yet. 2xx is answered only after this returns.
    `line` is the connection to use when it is not this thread's own.

    Rows are written in the order of their keys: two who store the same copies at once wait for each other, not both.
    """
    rows = sorted({arrival.key: arrival for arrival in arrivals}.items())
    with (line or connection).cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_inboxmessage (source, delivery_key, body, meta, state, attempts, token,
                                              error_code, error, outcome)
               SELECT m.source, m.delivery_key, m.body, m.meta::jsonb, 'new', 0, 0, '', '', ''
                 FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::text[])
                      WITH ORDINALITY AS m (source, delivery_key, body, meta, place)
                ORDER BY m.place
               ON CONFLICT (source, delivery_key) DO NOTHING
               RETURNING source, delivery_key""",
            [
                [source for (source, _key), _arrival in rows],
                [key for (_source, key), _arrival in rows],
                [arrival.body for _key, arrival in rows],
                [json.dumps(arrival.meta) for _key, arrival in rows],
            ],
        )
        fresh = set(cursor.fetchall())
    return [arrival.key in fresh for arrival in arrivals]


def known(source: str, delivery_keys: Sequence[str]) -> set[str]:
    """Those of `delivery_keys` that are already here."""
    found = InboxMessage.objects.filter(source=source, delivery_key__in=delivery_keys)
    return set(found.values_list("delivery_key", flat=True))


def claim(prefix: str, limit: int) -> list[InboxMessage]:
    """Lease up to `limit` open messages whose source begins with `prefix`, oldest first.

    The attempt is counted before the work, so that a message which kills its worker cannot come back for ever; one
    that has used up its attempts is parked here instead of being handed out again. A message that was tried before is
    handed out alone: if it is poison, it takes no neighbours with it.
    """
    return _claim(prefix, limit, "attempts = 0") or _claim(prefix, 1, "attempts > 0")


def _claim(prefix: str, limit: int, which: str) -> list[InboxMessage]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH due AS (
                SELECT id FROM core_inboxmessage
                 WHERE state IN ('new', 'doing') AND {which} AND source LIKE %(prefix)s || '%%'
                   AND next_attempt_at <= statement_timestamp()
                   AND (lease_until IS NULL OR lease_until < statement_timestamp())
                 ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
            UPDATE core_inboxmessage m
               SET attempts = m.attempts + (m.attempts < %(max)s)::int, token = m.token + 1,
                   state = CASE WHEN m.attempts >= %(max)s THEN 'dead' ELSE 'doing' END,
                   error_code = CASE WHEN m.attempts >= %(max)s AND m.error_code = '' THEN 'worker_died'
                                     ELSE m.error_code END,
                   lease_until = CASE WHEN m.attempts >= %(max)s THEN NULL
                                      ELSE statement_timestamp() + make_interval(secs => %(lease)s) END
              FROM due WHERE m.id = due.id
            RETURNING m.id, m.state""",  # noqa: S608 - `which` is one of the two constants in `claim`
            {"prefix": prefix, "limit": limit, "max": MAX_ATTEMPTS, "lease": LEASE_SECONDS},
        )
        ids = [row[0] for row in cursor.fetchall() if row[1] == "doing"]
    return list(InboxMessage.objects.filter(id__in=ids).order_by("id"))


@dataclass(frozen=True, slots=True)
class Settlement:
    message: InboxMessage
    outcome: str


def settle(settlements: Sequence[Settlement]) -> None:
    """Mark messages done in the transaction that carries their effects.

    Raises Conflict when one of them is no longer ours (the lease ran out and another worker has it): the effects roll
    back with it.
    """
    if not settlements:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE core_inboxmessage m
                  SET state = 'done', done_at = statement_timestamp(), lease_until = NULL, error_code = '', error = '',
                      waits_for = '', outcome = s.outcome
                 FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS s (id, token, outcome)
                WHERE m.id = s.id AND m.token = s.token AND m.state = 'doing'""",
            [
                [s.message.id for s in settlements],
                [s.message.token for s in settlements],
                [s.outcome for s in settlements],
            ],
        )
        if cursor.rowcount != len(settlements):
            raise Conflict("the message is in another worker's hands", code="lease_lost")


def fail(message: InboxMessage, code: str, error: str, *, park: bool = False, waits_for: str = "") -> None:
    """Give the message back for a later try, or park it: at once if `park`, else after the last attempt. What it
    `waits_for` brings it back to life when it comes (`release`)."""
    dead = park or message.attempts >= MAX_ATTEMPTS
    delay = min(2**message.attempts, 60) * random.uniform(0.8, 1.2)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE core_inboxmessage
                  SET state = %s, lease_until = NULL, error_code = %s, error = %s, waits_for = %s,
                      next_attempt_at = statement_timestamp() + make_interval(secs => %s)
                WHERE id = %s AND token = %s AND state = 'doing'""",
            ["dead" if dead else "new", code[:60], error[:1000], waits_for[:140], delay, message.id, message.token],
        )


def release(keys: Collection[str]) -> int:
    """What these messages waited for has come: they are handed out again at once, parked ones too. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE core_inboxmessage
                  SET state = 'new', attempts = 0, next_attempt_at = statement_timestamp(), lease_until = NULL,
                      waits_for = '', error_code = '', error = ''
                WHERE waits_for <> '' AND waits_for = ANY(%s) AND state IN ('new', 'dead')""",
            [list(keys)],
        )
        return cursor.rowcount


def replay(message_ids: Sequence[int], *, reason: str = "") -> int:
    """Put parked messages back in line with fresh attempts; clicking three times changes nothing more."""
    with transaction.atomic():
        revived = InboxMessage.objects.filter(id__in=message_ids, state="dead").update(
            state="new", attempts=0, next_attempt_at=Now(), lease_until=None, error_code="", error=""
        )
        if revived:
            audit.record("inbox.replay", f"inbox:{','.join(map(str, message_ids))[:100]}", reason=reason)
    return revived


def count_refused(source: str, reason: str, sample: bytes = b"") -> None:
    """Count a push that was turned away; keep the first 4 kB of an unreadable one for a person to look at."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO core_refusedpush (source, reason, hour, count, sample) VALUES (%s, %s, %s, 1, %s)
               ON CONFLICT (source, reason, hour) DO UPDATE SET count = core_refusedpush.count + 1""",
            [source[:80], reason[:40], hour, sample[:4096]],
        )
