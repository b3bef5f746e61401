from celery import shared_task

from core.doorbell import answer
from fulfillment.services import picking, shorts, waves, waybills

MAX_BATCHES = 10  # keeps one ring well inside the task time limit; the sweeper rings again


@shared_task
def plan_waves() -> int:
    """Make and release waves of whatever the pools hold."""
    answer("fulfillment.tasks.plan_waves")
    return len(waves.plan_all())


@shared_task
def finish_walks() -> int:
    """Close walks whose last line was struck, or whose last scan did not get to it."""
    answer("fulfillment.tasks.finish_walks")
    return picking.finish_all()


@shared_task
def settle_shortfalls() -> int:
    """Make the books right about what pickers did not find."""
    answer("fulfillment.tasks.settle_shortfalls")
    return shorts.settle()


@shared_task
def fetch_waybills() -> int:
    """Numbers for released parcels, ahead of packing; news of those that got no answer; unused ones back."""
    answer("fulfillment.tasks.fetch_waybills")
    done = len(waybills.ask_again()) + waybills.give_back()
    for _ in range(MAX_BATCHES):
        waiting = waybills.needing_number()
        if not waiting:
            break
        done += len(waybills.fetch(waiting))
    return done
