"""What the exception inbox can do about messages, lists and gaps by one press of a button: all safe to press again."""

from collections.abc import Sequence

from django.db.models.functions import Now

from core.services import inbox, outbox
from core.worklist import Refusals
from integrations.models import OrderFetch, ShopHour, ShopPull
from integrations.services.pull import fetches, hours

DONE: Refusals = {}


def replay(refs: Sequence[int], note: str) -> Refusals:
    inbox.replay(refs, reason=note)
    return DONE


def tell_again(refs: Sequence[int], note: str) -> Refusals:
    outbox.revive(refs)
    return DONE


def pull_hours(refs: Sequence[int], note: str) -> Refusals:
    for hour_id in ShopHour.objects.filter(id__in=refs).values_list("id", flat=True):  # one lock and audit entry each
        hours.ask_again(hour_id)
    return DONE


def fetch_again(refs: Sequence[int], note: str) -> Refusals:
    """Ask for orders by number once more, with fresh attempts."""
    rows = OrderFetch.objects.filter(id__in=refs).values_list("shop_id", "order_no", "refund_no", "via")
    fetches.owe([fetches.Wanted(*row) for row in rows])
    return DONE


def pull_now(refs: Sequence[int], note: str) -> Refusals:
    """Read shops' lists at once, after somebody mended what was wrong; the error stays until that worked."""
    due = ShopPull.objects.filter(id__in=refs)
    due.update(next_at=Now())
    fetches.call(*due.values_list("shop_id", flat=True))
    return DONE
