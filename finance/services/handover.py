"""Differences that a buyer or a platform must be asked about become tickets on the service board."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.domain.ticket import Priority, TicketKind, TicketSource
from aftersales.models import Ticket
from aftersales.services.store import Changes
from aftersales.services.tickets import NewTicket, add_new, note
from core.money import to_major
from finance.domain.matching import Cause
from finance.domain.states import DifferenceState
from finance.models import Difference

# Money that moved without our knowing why: somebody has to talk to the buyer or the platform about that order.
BY_ITSELF = (Cause.STATUS_MISMATCH, Cause.DUPLICATE)
# A bill of a strange shop would flood the board; beyond this many the rest waits in finance's own queue.
MOST_AT_ONCE = 200
OWNER = "cs"


def hand_over(difference_ids: Iterable[int]) -> int:
    """Open a ticket for each open difference that names an order and make customer service its owner; one ticket per
    difference for ever. Returns how many changed hands; those without an order stay with their owner."""
    with transaction.atomic():
        open_ones = Difference.objects.filter(id__in=list(difference_ids), state=DifferenceState.OPEN)
        rows = list(open_ones.exclude(order=None).select_for_update(of=("self",)).order_by("id"))
        keys = {_key(row): row for row in rows}
        known = dict(Ticket.objects.filter(dedupe_key__in=keys).values_list("dedupe_key", "id"))
        changes = Changes()
        wanted = [key for key in keys if key not in known]
        made = add_new(changes, [_ticket(keys[key]) for key in wanted])
        changes.save()
        known.update((key, ticket.id) for key, ticket in zip(wanted, made, strict=True))
        for key, row in keys.items():
            row.ticket_id, row.owner = known[key], OWNER
        Difference.objects.bulk_update(rows, ["ticket", "owner"], batch_size=1000)
    return len(rows)


def hand_over_found(difference_ids: Sequence[int]) -> int:
    """The same for what a reconciliation has just found, as far as it concerns the service desk."""
    found = Difference.objects.filter(id__in=difference_ids, state=DifferenceState.OPEN, cause__in=BY_ITSELF)
    return hand_over(found.order_by("id").values_list("id", flat=True)[:MOST_AT_ONCE])


def tell_gone(difference_ids: Sequence[int]) -> None:
    """Leave a note on the tickets of differences that have resolved themselves."""
    gone = Difference.objects.filter(id__in=difference_ids).exclude(ticket=None)
    ticket_ids = sorted(gone.values_list("ticket_id", flat=True))
    if not ticket_ids:
        return
    changes = Changes()
    for ticket in changes.open(ticket_ids).values():
        note(changes, ticket, _("The bills and our books agree now; this difference has gone."))
    changes.save()


def _key(row: Difference) -> str:
    return f"finance.difference:{row.pk}"


def _ticket(row: Difference) -> NewTicket:
    words = {
        "cause": row.get_cause_display(),
        "reason": row.get_reason_display(),
        "platform": to_major(row.platform_minor, row.currency),
        "system": to_major(row.system_minor, row.currency),
        "currency": row.currency,
    }
    return NewTicket(
        kind=TicketKind.OTHER,
        source=TicketSource.FINANCE,
        title=_("Bill and order differ: %(cause)s") % words,
        detail=_("%(reason)s. Platform %(platform)s, system %(system)s %(currency)s.") % words,
        order_id=row.order_id,
        amount_minor=abs(row.gain_minor),
        dedupe_key=_key(row),
        priority=Priority.HIGH,
    )
