import time

from celery import shared_task

from core.doorbell import answer
from integrations.services import drain
from integrations.services.pull import run

PULLING_SECONDS = 8.0  # nothing new is begun after this, so that the last shop ends inside the task's limit
MAX_BATCHES = 50  # keeps one ring well inside the task time limit; the sweeper rings again


@shared_task
def drain_inbox() -> int:
    """Apply whatever platforms and carriers have sent."""
    answer("integrations.tasks.drain_inbox")
    total = 0
    for _ in range(MAX_BATCHES):
        claimed = drain.drain_channels() + drain.drain_carriers()
        total += claimed
        if not claimed:
            break
    return total


@shared_task
def pull_orders() -> int:
    """Read the platforms' own lists of the shops that are due."""
    answer("integrations.tasks.pull_orders")
    until, served = time.monotonic() + PULLING_SECONDS, 0
    while time.monotonic() < until and run.next_shop():
        served += 1
    return served
