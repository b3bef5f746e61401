from celery import shared_task

from core.doorbell import answer
from integrations.services import drain

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
