"""The relay: hands each delivery to its subscriber, in stream order, and retries what fails."""

import logging
import random
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models.functions import Now

from core.models import Delivery, Event
from core.services.bisect import run_bisecting
from core.services.events import upcast
from core.subscriptions import Permanent, Subscriber, all_subscribers

log = logging.getLogger(__name__)

BATCH = 500
REMOTE_BATCH = 20
LEASE_SECONDS = 60
MAX_LOCAL_ATTEMPTS = 5
# About 31 hours in all, after the Standard Webhooks schedule; jitter keeps a recovering peer from a stampede.
REMOTE_SCHEDULE_SECONDS = (2, 5, 15, 60, 300, 1800, 7200, 18000, 36000, 50400)


def relay() -> int:
    """Deliver what is due to every subscriber once; returns how many deliveries were handled."""
    return sum(_relay_local(s) if s.local else _relay_remote(s) for s in all_subscribers())


def relay_all(max_rounds: int = 1000) -> int:
    """Relay until nothing is due."""
    total = 0
    for _ in range(max_rounds):
        handled = relay()
        if not handled:
            break
        total += handled
    return total


def _due(subscriber: str, limit: int, *, strict: bool) -> list[int]:
    """Ids of deliveries that may go now, oldest first, locked.

    `strict`: at most one per stream (remote calls happen after the lock is gone). Otherwise a run of one stream may be
    taken together, and only an earlier delivery that waits for its retry holds the later ones back.
    """
    blocked = (
        "e.state IN ('pending', 'doing')"
        if strict
        else "(e.state = 'doing' OR e.next_attempt_at > statement_timestamp())"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT d.id FROM core_delivery d
             WHERE d.subscriber = %s AND d.state IN ('pending', 'doing')
               AND d.next_attempt_at <= statement_timestamp()
               AND (d.lease_until IS NULL OR d.lease_until < statement_timestamp())
               AND NOT EXISTS (SELECT 1 FROM core_delivery e
                                WHERE e.subscriber = d.subscriber AND e.stream = d.stream AND e.id < d.id
                                  AND e.state IN ('pending', 'doing') AND {blocked})
             ORDER BY d.id LIMIT %s FOR UPDATE SKIP LOCKED""",  # noqa: S608 - `blocked` is one of two constants
            [subscriber, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _relay_local(subscriber: Subscriber) -> int:
    """One batch in one transaction. An advisory lock keeps a second relay from overtaking inside a stream."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"relay:{subscriber.name}"])
            if not cursor.fetchone()[0]:
                return 0
        ids = _due(subscriber.name, BATCH, strict=False)
        if not ids:
            return 0
        deliveries = list(Delivery.objects.filter(id__in=ids).select_related("event").order_by("id"))

        def handle(part: Sequence[Delivery]) -> None:
            assert subscriber.local is not None
            subscriber.local([_upcast(d.event) for d in part])

        done, failures = run_bisecting(deliveries, handle)
        _finish([delivery.id for delivery in done])
        for delivery, error in failures:
            log.warning("subscriber %s failed on delivery %s", subscriber.name, delivery.id, exc_info=error)
            _postpone(delivery.id, error, MAX_LOCAL_ATTEMPTS, None)
    return len(ids)


def _relay_remote(subscriber: Subscriber) -> int:
    """Claim a few with a lease, call outside the transaction, record behind the fence."""
    assert subscriber.remote is not None
    with transaction.atomic():
        ids = _due(subscriber.name, REMOTE_BATCH, strict=True)
        if not ids:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                """UPDATE core_delivery SET state = 'doing', token = token + 1,
                          lease_until = statement_timestamp() + make_interval(secs => %s)
                    WHERE id = ANY(%s) RETURNING id, token""",
                [LEASE_SECONDS, ids],
            )
            tokens = dict(cursor.fetchall())
    for delivery in Delivery.objects.filter(id__in=ids).select_related("event").order_by("id"):
        error: Exception | None = None
        try:
            subscriber.remote(_upcast(delivery.event))
        except Exception as exc:  # noqa: BLE001 - whatever an adapter raises must cost its own delivery only
            error = exc
        with transaction.atomic():
            if not Delivery.objects.select_for_update().filter(id=delivery.id, token=tokens[delivery.id]).exists():
                continue  # our lease ran out and somebody else took it
            if error is None:
                _finish([delivery.id])
            else:
                log.warning("remote %s failed on delivery %s: %s", subscriber.name, delivery.id, error)
                limit = 0 if isinstance(error, Permanent) else len(REMOTE_SCHEDULE_SECONDS)
                _postpone(delivery.id, error, limit, getattr(error, "retry_after", None))
    return len(ids)


def _upcast(event: Event) -> Event:
    event.payload = upcast(event.type, event.schema, event.payload)
    return event


def _finish(ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_delivery SET state = 'done', done_at = statement_timestamp(), lease_until = NULL,"
            " attempts = attempts + 1, last_error = '' WHERE id = ANY(%s)",
            [list(ids)],
        )


def _postpone(delivery_id: int, error: BaseException, max_attempts: int, retry_after: float | None) -> None:
    """Count the attempt; back to pending after a jittered delay, or dead when the limit is reached."""
    delivery = Delivery.objects.get(id=delivery_id)
    attempt = delivery.attempts + 1
    base = retry_after or REMOTE_SCHEDULE_SECONDS[min(attempt, len(REMOTE_SCHEDULE_SECONDS)) - 1]
    dead = attempt >= max_attempts
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE core_delivery SET state = %s, attempts = %s, lease_until = NULL, last_error = %s,
                      next_attempt_at = statement_timestamp() + make_interval(secs => %s) WHERE id = %s""",
            [
                "dead" if dead else "pending",
                attempt,
                f"{type(error).__name__}: {error}"[:500],
                base * random.uniform(0.8, 1.2),
                delivery_id,
            ],
        )


def revive(delivery_ids: Sequence[int]) -> int:
    """Give dead deliveries a fresh life (an operator's button); those not dead are left alone."""
    return Delivery.objects.filter(id__in=delivery_ids, state="dead").update(
        state="pending", attempts=0, last_error="", lease_until=None, next_attempt_at=Now()
    )
