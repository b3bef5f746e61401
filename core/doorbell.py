"""Ring a worker after the commit. A lost ring costs time, never work: the sweeper rings again."""

import logging

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)


def ring(task: str) -> None:
    """Send `task` (its dotted name, no arguments: it finds its work in rows) once this transaction has committed."""
    transaction.on_commit(lambda: _send(task))


def _send(task: str) -> None:
    try:
        current_app.send_task(task, retry=False)
    except (OperationalError, OSError) as exc:
        log.warning("the broker did not take the doorbell %s: %s", task, exc)
