"""Screen orders again after the rules or the lists have changed, a batch at a time: a hold whose cause is gone goes, a
new cause opens one. The walk is a row with a cursor, so a lost worker costs nothing."""

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Max

from core import clock
from core.doorbell import ring
from core.models import RuleSet
from oms.domain.status import RISK, OrderStatus
from oms.models import Order, Rescreening
from oms.services import holds
from oms.services.recheck import screen
from oms.services.store import Changes

BATCH = 500
# Nothing of these can be held any more.
_OVER = (
    OrderStatus.SHIPPED, OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.NOTHING_TO_SHIP, OrderStatus.UNPAID,
)  # fmt: skip
HERE = [status.value for status in OrderStatus if status not in _OVER]

UNFINISHED = "FROM oms_rescreening WHERE done_at IS NULL"
# A live version of the rules that no walk has been made for.
UNWALKED = """FROM core_ruleset r WHERE r.kind = 'risk' AND r.status = 'live'
    AND NOT EXISTS (SELECT 1 FROM oms_rescreening s WHERE s.rule_set_id = r.id)"""


def rescreen_some() -> int:
    """One batch of the oldest walk that nobody else is on; returns how many orders it looked at, 0 when none is left
    to walk."""
    with transaction.atomic():
        for rule_set in RuleSet.objects.filter(kind="risk", status="live"):
            Rescreening.objects.get_or_create(rule_set_id=rule_set.pk)
        walk = Rescreening.objects.select_for_update(skip_locked=True).filter(done_at=None).order_by("id").first()
        if walk is None:
            return 0
        if walk.until_id is None:  # what comes from here on is screened as it comes
            walk.until_id = Order.objects.aggregate(newest=Max("id"))["newest"] or 0
        ids = _next(walk)
        if not ids:
            walk.done_at = clock.now()
            walk.save()
            return 1  # there may be another walk
        changed = _screen(ids)
        walk.after_id, walk.looked_at, walk.changed = ids[-1], walk.looked_at + len(ids), walk.changed + changed
        walk.save()
    return len(ids)


def _next(walk: Rescreening) -> list[int]:
    if walk.tag:
        trait = walk.tag.partition(":")[0]  # a tag says of what it is one
        found = Order.objects.filter(
            status__in=HERE, id__gt=walk.after_id, id__lte=walk.until_id, **{f"{trait}_key": walk.tag}
        )
        return list(found.order_by("id").values_list("id", flat=True)[:BATCH])
    with connection.cursor() as cursor:
        # By status, so that the millions that have left are not walked through.
        cursor.execute(
            """SELECT found.id FROM unnest(%s::text[]) AS here(status)
                CROSS JOIN LATERAL (SELECT id FROM oms_order o WHERE o.status = here.status AND o.id > %s AND o.id <= %s
                                     ORDER BY id LIMIT %s) found
                ORDER BY 1 LIMIT %s""",
            [HERE, walk.after_id, walk.until_id, BATCH, BATCH],
        )
        return [row[0] for row in cursor.fetchall()]


def _screen(ids: Sequence[int]) -> int:
    """Returns how many orders are held otherwise than before."""
    changes = Changes()
    orders = list(changes.open(ids).values())
    screened = screen(orders)
    for order in orders:
        holds.reconcile(changes, order, screened.get(order.id, {}), among=RISK)
    changed = changes.save()
    if changed:
        ring("oms.tasks.allocate")
    return len(changed)
