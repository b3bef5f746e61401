"""Ring a worker after the commit. A lost ring costs time, never work: the sweeper rings again."""

import logging
from functools import partial

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_QUIET_SECONDS = 2  # a ring that nobody answered within this may be repeated


def ring(task: str) -> None:
    """Send `task` (its dotted name, no arguments: it finds its work in rows) once this transaction has committed.

    Rings that the task has not answered yet are not repeated, so a burst of messages costs one.
    """
    transaction.on_commit(partial(_send, task))


def answer(task: str) -> None:
    """Said by a task before it looks: whoever rings from here on may have work that this look misses."""
    try:
        cache.delete(f"bell:{task}")
    except RedisError as exc:
        log.warning("the cache is not there: %s", exc)


def _send(task: str) -> None:
    try:
        if cache.add(f"bell:{task}", 1, timeout=_QUIET_SECONDS):
            current_app.send_task(task, retry=False)
    except (OperationalError, RedisError, OSError) as exc:
        log.warning("the broker did not take the doorbell %s: %s", task, exc)
