from celery import shared_task

from core.doorbell import answer
from oms.services import address_rules, allocation, matching, merge_rules, rescreening, suborders

MAX_BATCHES = 20  # keeps one ring well inside the task time limit; the sweeper rings again


@shared_task
def allocate() -> int:
    """Route and reserve whatever is ready."""
    answer("oms.tasks.allocate")
    total = 0
    for _ in range(MAX_BATCHES):
        looked_at = allocation.allocate_ready()
        total += looked_at
        if looked_at < allocation.BATCH:
            break
    return total


@shared_task
def merge() -> int:
    """Look for company of orders that have their goods; merge and propose as the rules say."""
    answer("oms.tasks.merge")
    total = 0
    for _ in range(MAX_BATCHES):
        looked_at = merge_rules.look()
        total += looked_at
        if looked_at < merge_rules.BATCH:
            break
    merge_rules.refresh()
    merge_rules.carry_out()
    return total


@shared_task
def rematch() -> int:
    """Let orders go on whose products have become known."""
    total = 0
    for _ in range(MAX_BATCHES):
        looked_at = matching.rematch()
        total += looked_at
        if not looked_at:
            break
    return total


@shared_task
def rescreen() -> int:
    """Screen orders again whose rules or lists have changed."""
    answer("oms.tasks.rescreen")
    total = 0
    for _ in range(MAX_BATCHES):
        looked_at = rescreening.rescreen_some()
        total += looked_at
        if not looked_at:
            break
    return total


@shared_task
def settle_addresses() -> int:
    """Let orders go on whose address somebody has answered for meanwhile, ask again where the answer was withdrawn."""
    return address_rules.catch_up()


@shared_task
def expire_reservations() -> int:
    """Give back what nobody came for."""
    return suborders.expire_overdue()
