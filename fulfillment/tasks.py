from celery import shared_task

from core.doorbell import answer
from fulfillment.services import waves, waybills

MAX_BATCHES = 10


@shared_task
def plan_waves() -> int:
    """Make and release waves of whatever the pools hold."""
    return len(waves.plan_all())


@shared_task
def fetch_waybills() -> int:
    """Numbers for released parcels, ahead of packing; and news of those that got no answer."""
    answer("fulfillment.tasks.fetch_waybills")
    done = len(waybills.ask_again())
    for _ in range(MAX_BATCHES):
        waiting = waybills.needing_number()
        if not waiting:
            break
        done += len(waybills.fetch(waiting))
    return done
