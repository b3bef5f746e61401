"""Doorbell tasks: no arguments, they look for work in rows."""

from celery import current_app, shared_task

from core import sweeper
from core.doorbell import answer
from core.services import jobs, outbox

MAX_ROUNDS = 200  # keeps one ring well inside the task time limit


@shared_task
def relay_outbox() -> int:
    answer("core.tasks.relay_outbox")
    return outbox.relay_all(MAX_ROUNDS)


@shared_task
def run_jobs() -> None:
    answer("core.tasks.run_jobs")
    while jobs.run_next():
        pass


@shared_task
def sweep() -> list[str]:
    """Ring every task whose rows wait for it: whatever a lost message left behind starts again here."""
    waiting = list(sweeper.overdue())
    for task in waiting:
        current_app.send_task(task)
    return waiting
