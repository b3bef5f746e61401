"""What the exception inbox can do about refunds by one press of a button."""

from collections.abc import Sequence
from functools import partial

from aftersales.models import RefundPayment
from aftersales.services import refunds
from core.services.worklist import one_by_one
from core.worklist import Refusals


def approve(refs: Sequence[int], note: str) -> Refusals:
    """Agree to refunds that wait for it; one that was decided meanwhile stays as it is."""
    waiting = RefundPayment.objects.filter(id__in=refs, status="requested").values_list("id", "ticket_id")
    refused: dict[int, str] = {}
    for payment_id, ticket_id in waiting:  # each is its ticket's own decision, with its ticket's lock
        refused |= one_by_one(partial(_approve, ticket_id), [payment_id])
    return refused


def _approve(ticket_id: int, payment_ids: Sequence[int]) -> None:
    for payment_id in payment_ids:
        refunds.approve(ticket_id, payment_id)
