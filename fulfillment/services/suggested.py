"""What the exception inbox can do about parcels by one press of a button. Carriers are asked outside transactions."""

from collections.abc import Collection, Mapping, Sequence

from django.utils.translation import gettext as _

from core.worklist import Refusals
from fulfillment.models import Shortfall, Waybill
from fulfillment.services import shorts, waybills


def ask_carrier(refs: Sequence[int], note: str) -> Refusals:
    """Ask anew for a number that was refused; learn what became of a request without an answer."""
    rows = list(Waybill.objects.filter(id__in=refs))
    refused = [row.parcel_id for row in rows if row.state == "refused"]
    if refused:
        waybills.renew(refused)
    silent = [row.pk for row in rows if row.state == "unknown"]
    if silent:
        waybills.ask_again(only=silent)
    return _still_without(rows)


def _still_without(rows: Collection[Waybill]) -> Mapping[int, str]:
    parcels = [row.parcel_id for row in rows]
    last = Waybill.objects.filter(parcel_id__in=parcels).order_by("parcel_id", "-id").distinct("parcel_id")
    said = {w.parcel_id: w.error or str(w.get_state_display()) for w in last if w.state in {"refused", "unknown"}}
    return {row.pk: said[row.parcel_id] for row in rows if row.parcel_id in said}


def count_off(refs: Sequence[int], note: str) -> Refusals:
    """Take what was not found off the books, now that other orders may have given way."""
    shorts.settle(refs)
    left = Shortfall.objects.filter(id__in=refs, settled_at=None).values_list("id", flat=True)
    return dict.fromkeys(left, _("Everything else there is on a walk already. It is tried again by itself."))
