"""Ring a worker after the commit. A lost ring costs time, never work: the sweeper rings again."""

import logging
import threading
import time
from functools import partial

from celery import current_app
from django.core.cache import cache
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)

_BREATH_SECONDS = 0.005  # between rings of one process, under load
_QUIET_SECONDS = 2  # a ring that nobody answered within this may be repeated


def ring(task: str) -> None:
    """Send `task` (its dotted name, no arguments: it finds its work in rows) once this transaction has committed.

    Rings that the task has not answered yet are not repeated, so a burst of messages costs one.
    """
    transaction.on_commit(partial(_send, task))


def ring_soon(task: str) -> None:
    """The same from a thread of its own: who owes somebody an answer does not wait for the broker, and what is asked
    for while it rings is one more ring."""
    transaction.on_commit(partial(_ringer.ask, task))


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


class _Ringer:
    def __init__(self) -> None:
        self._asked: set[str] = set()
        self._condition = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, task: str) -> None:
        with self._condition:
            if self._thread is None or not self._thread.is_alive():  # none yet, or it stayed behind in a fork
                self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
                self._thread.start()
            self._asked.add(task)
            self._condition.notify()

    def _run(self) -> None:
        while True:
            with self._condition:
                while not self._asked:
                    self._condition.wait()
                tasks, self._asked = self._asked, set()
            for task in tasks:
                _send(task)
            time.sleep(_BREATH_SECONDS)


_ringer = _Ringer()
