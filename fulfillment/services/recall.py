"""Goods that nobody has begun to pick come back to the pool: what leaves together is about to change."""

from collections.abc import Sequence

from django.db import transaction

from fulfillment.domain.parcel import HERE
from fulfillment.models import ParcelShare
from fulfillment.services import putback
from fulfillment.services.parcels import ParcelChanges, members, take_apart
from oms.models import SubOrder


class Floor:
    """What `oms.ports.Floor` promises."""

    def recall(self, suborder_ids: Sequence[int]) -> None:
        with transaction.atomic():
            changes = ParcelChanges()
            shares = ParcelShare.objects.filter(suborder_id__in=suborder_ids, live=True, parcel__state__in=HERE)
            opened = changes.open(sorted(set(shares.values_list("parcel_id", flat=True))))
            putback.park(suborder_ids)
            pool = SubOrder.objects.filter(id__in=suborder_ids, status="reserved")
            free = set(pool.values_list("id", flat=True))
            here = [key for key, row in opened.items() if row["state"] in HERE and free.issuperset(members(row))]
            take_apart(changes, here, "recalled")
            changes.save()
