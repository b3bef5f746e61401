"""Step 6b: hand parcels to their carriers."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, OneRopeError
from fulfillment.domain import events as e
from fulfillment.domain.parcel import ParcelState
from fulfillment.models import Waybill
from fulfillment.rows import iso
from fulfillment.selectors.places import staging_bin
from fulfillment.services.parcels import ParcelChanges
from fulfillment.services.waybills import content_hash, label_facts
from oms.models import SubOrderLine
from oms.services.suborders import Departure, depart


def handover(parcel_ids: Sequence[int]) -> dict[int, OneRopeError | None]:
    """Ship parcels, each in its own transaction: one that may not leave keeps no other back. Returns, per parcel, None
    or the reason. A parcel that has left already is fine."""
    return {parcel_id: _one(parcel_id) for parcel_id in sorted(set(parcel_ids))}


def _one(parcel_id: int) -> OneRopeError | None:
    try:
        with transaction.atomic():
            _ship(parcel_id)
    except OneRopeError as exc:
        return exc
    return None


def _ship(parcel_id: int) -> None:
    changes = ParcelChanges()
    row = changes.open([parcel_id])[parcel_id]
    if row["state"] == ParcelState.SHIPPED:
        return
    if row["state"] != ParcelState.PACKED:
        raise Conflict(_("The parcel is not packed."), code="not_packed")
    waybill = Waybill.objects.filter(parcel_id=parcel_id, state="bound").first()
    if waybill is None:
        raise Conflict(_("The parcel has no waybill number."), code="no_waybill")
    if content_hash(label_facts([parcel_id])[parcel_id], waybill.carrier) != waybill.content_hash:
        raise Conflict(_("The label is out of date: fetch a new one."), code="stale_label")
    lines = list(SubOrderLine.objects.filter(suborder_id=row["suborder_id"], qty__gt=0).order_by("id"))
    staging = staging_bin(row["warehouse_id"])
    depart([Departure(row["suborder_id"], [(waybill.carrier, waybill.number)], {line.pk: staging for line in lines})])
    changes.add(
        parcel_id,
        e.PARCEL_SHIPPED,
        {
            "order_id": row["order_id"],
            "suborder_id": row["suborder_id"],
            "warehouse_id": row["warehouse_id"],
            "carrier": waybill.carrier,
            "waybill_no": waybill.number,
            "weight_g": row["weight_g"],
            "freight_fen": row["freight_fen"],
            "shipped_at": iso(clock.now()),
            "lines": [
                {"line_no": line.line_no, "sku_id": line.sku_id, "qty": line.qty, "net_minor": line.net_minor}
                for line in lines
            ],
        },
    )
    changes.save()
    Waybill.objects.filter(pk=waybill.pk).update(state="shipped")
