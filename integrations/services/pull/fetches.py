"""Orders and refunds that are to be asked for by their number."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from core.doorbell import ring
from integrations.channels.pulling import PullRefused
from integrations.models import OrderFetch, ShopPull
from integrations.services.pull.leases import hurry

if TYPE_CHECKING:
    from integrations.services.pull.intake import Intake

PULL = "integrations.tasks.pull_orders"
AT_ONCE = 100  # of one shop in one run
MAX_ATTEMPTS = 12  # with pauses that double up to an hour: about six hours


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """`via`: "hint" when a message told of it, "pull" when nothing did."""

    shop_id: int
    order_no: str
    refund_no: str = ""
    via: str = "hint"


def owe(wanted: Collection[Wanted]) -> None:
    """Ask for these soon; one that is already asked for is asked once more after the answer that is under way."""
    rows = sorted({(one.shop_id, one.order_no, one.refund_no): one for one in wanted}.values())
    if not rows:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO integrations_orderfetch
                      (shop_id, order_no, refund_no, via, asked, attempts, error_code, error)
               SELECT *, 1, 0, '', '' FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[])
               ON CONFLICT (shop_id, order_no, refund_no) DO UPDATE
                  SET asked = integrations_orderfetch.asked + 1, attempts = 0, next_at = statement_timestamp()""",
            [
                [row.shop_id for row in rows],
                [row.order_no for row in rows],
                [row.refund_no for row in rows],
                [row.via for row in rows],
            ],
        )
    call(*{row.shop_id for row in rows})


def call(*shop_ids: int) -> None:
    """Have these shops served soon."""
    transaction.on_commit(partial(hurry, set(shop_ids)))
    ring(PULL)


def work_off(pull: ShopPull, intake: "Intake") -> bool:
    """Fetch what is due; True when more of it waits. One that fails waits for its own next turn."""
    due = list(_due(pull)[:AT_ONCE])
    failed = 0
    for fetch in due:
        try:
            intake.fetch(fetch.order_no, fetch.refund_no, fetch.via)
        except PullRefused as exc:
            _failed(fetch, exc)
            failed += 1
            if failed >= 3:
                raise
        else:
            failed = 0
            OrderFetch.objects.filter(pk=fetch.pk, asked=fetch.asked).delete()
    return len(due) == AT_ONCE


def _due(pull: ShopPull) -> QuerySet[OrderFetch]:
    return OrderFetch.objects.filter(shop=pull.shop, next_at__lte=Now()).order_by("next_at", "id")


def _failed(fetch: OrderFetch, error: PullRefused) -> None:
    attempts = fetch.attempts + 1
    pause = timedelta(seconds=max(error.wait or 0, min(15 * 2**attempts, 3600)))
    OrderFetch.objects.filter(pk=fetch.pk, asked=fetch.asked).update(
        attempts=attempts,
        next_at=Now() + pause if attempts < MAX_ATTEMPTS else None,
        error_code=error.code[:80],
        error=str(error.message)[:300],
    )
