"""Parcels in trouble get a ticket before their buyer has to ask."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from aftersales.domain.ticket import Priority, TicketKind, TicketSource
from aftersales.models import Ticket
from aftersales.services.store import Changes
from aftersales.services.tickets import NewTicket, add_new


def take(nodes: Sequence[Mapping[str, Any]]) -> None:
    """Open one ticket per waybill of `fulfillment.parcel_node` payloads that say `exception`; known ones stay."""
    troubled = {f"tracking:{n['carrier']}:{n['waybill_no']}": n for n in nodes if n["node"] == "exception"}
    with transaction.atomic():
        known = set(Ticket.objects.filter(dedupe_key__in=troubled).values_list("dedupe_key", flat=True))
        changes = Changes()
        add_new(changes, [_ticket(key, node) for key, node in troubled.items() if key not in known])
        changes.save()


def _ticket(key: str, node: Mapping[str, Any]) -> NewTicket:
    parcel = {"carrier": node["carrier"], "no": node["waybill_no"]}
    return NewTicket(
        kind=TicketKind.LOST,
        source=TicketSource.TRACKING,
        title=_("Parcel in trouble: %(carrier)s %(no)s") % parcel,
        order_id=node["order_id"],
        dedupe_key=key,
        priority=Priority.HIGH,
    )
