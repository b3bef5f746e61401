"""Open and release holds."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from core.context import current
from core.doorbell import ring
from core.errors import Conflict
from core.services import audit
from oms.domain import events as e
from oms.domain.order import Order
from oms.domain.status import BY_HAND, HOLD_BLOCKS, HOLD_OWNER, HoldReason
from oms.models import Hold
from oms.services.store import Changes

MACHINES = frozenset(HoldReason) - BY_HAND


@dataclass(frozen=True, slots=True)
class Cause:
    """Why an order is held: words for people, and what matched (`[{"rule", "rule_set", "version", "facts"}]`)."""

    detail: str = ""
    trace: list[dict[str, Any]] | None = None

    @property
    def question(self) -> Any:
        """What a person answers by releasing the hold: the words, and the facts that were seen. A new version of the
        rules that sees the same asks nothing new."""
        return self.detail[:200], [facts["facts"] for facts in self.trace or []]


def _cause_of(hold: Mapping[str, Any]) -> Cause:
    return Cause(hold["detail"], hold["trace"])


def open_hold(changes: Changes, order: Order, reason: HoldReason, cause: Cause) -> None:
    payload = {
        "seq": len(order.holds) + 1, "reason": reason.value, "detail": cause.detail[:200], "owner": HOLD_OWNER[reason],
        "blocks": sorted(HOLD_BLOCKS[reason]), "trace": cause.trace,
    }  # fmt: skip
    changes.add(order, e.HOLD_OPENED, payload)


def reconcile(
    changes: Changes, order: Order, causes: Mapping[HoldReason, Cause], among: Collection[HoldReason] = MACHINES
) -> None:
    """Make the machine's holds equal today's `causes`; holds for other reasons than those `among` stay as they are.

    A hold whose cause is gone is released, and one whose cause reads differently now says so; a new cause opens one,
    unless a person has released that very cause (same reason, same question) on this order before: their word stands.
    """
    for hold in order.open_holds:
        reason = HoldReason(hold["reason"])
        if reason not in among:
            continue
        if reason not in causes:
            changes.add(order, e.HOLD_RELEASED, {"seq": hold["seq"], "by": "machine", "note": "cause_gone"})
        elif _cause_of(hold).question != causes[reason].question:
            told = {"seq": hold["seq"], "detail": causes[reason].detail[:200], "trace": causes[reason].trace}
            changes.add(order, e.HOLD_RESTATED, told)
    for reason, cause in causes.items():
        if not order.holds_for(reason) and not _answered(order, reason, cause):
            open_hold(changes, order, reason, cause)


def _answered(order: Order, reason: HoldReason, cause: Cause) -> bool:
    return any(
        hold["reason"] == reason
        and hold["released_by"] not in {"", "machine"}
        and _cause_of(hold).question == cause.question
        for hold in order.holds.values()
    )


def hold(order_ids: Sequence[int], note: str) -> None:
    """Hold orders by hand; those already held by hand stay as they are."""
    with transaction.atomic():
        changes = Changes()
        for order in changes.open(order_ids).values():
            if not order.holds_for(HoldReason.MANUAL):
                open_hold(changes, order, HoldReason.MANUAL, Cause(note))
                audit.record("order.hold", f"oms.order:{order.id}", reason=note)
        changes.save()


def release(hold_ids: Sequence[int], note: str) -> None:
    """Release holds by a person's word. Raises Conflict (`hold_released`) if one is released already."""
    with transaction.atomic():
        changes = Changes()
        rows = list(Hold.objects.filter(id__in=hold_ids).values("order_id", "seq"))
        orders = changes.open(sorted({row["order_id"] for row in rows}))
        for row in rows:
            order = orders[row["order_id"]]
            if order.holds[row["seq"]]["released_at"] is not None:
                raise Conflict("this hold was released already", code="hold_released")
            payload = {"seq": row["seq"], "by": current().actor, "note": note[:200]}
            changes.add(order, e.HOLD_RELEASED, payload)
            audit.record("order.release", f"oms.order:{order.id}", reason=note)
        changes.save()
        ring("oms.tasks.allocate")


def give(hold_ids: Sequence[int], owner: str) -> None:
    """Make `owner` (a role, or `user:<name>`) the one who sees to open holds."""
    with transaction.atomic():
        changes = Changes()
        rows = list(Hold.objects.filter(id__in=hold_ids, released_at=None).values("order_id", "seq"))
        orders = changes.open(sorted({row["order_id"] for row in rows}))
        for row in rows:
            changes.add(orders[row["order_id"]], e.HOLD_TAKEN, {"seq": row["seq"], "owner": owner[:40]})
        changes.save()
