"""Where things stand in a warehouse."""

from django.db.models import Max

from catalog.models import Bin, Zone
from core.errors import NotFound


def staging_bin(warehouse_id: int) -> int:
    """Id of the bin where a warehouse's picked goods stand until they leave. Raises NotFound (`no_staging_bin`)."""
    found = Bin.objects.filter(zone__warehouse_id=warehouse_id, zone__kind=Zone.Kind.STAGING).order_by("id").first()
    if found is None:
        raise NotFound(f"warehouse {warehouse_id} has no staging bin", code="no_staging_bin")
    return found.pk


def far_end(warehouse_id: int) -> int:
    """Where a warehouse's aisles end (mm): its far cross aisle."""
    return Bin.objects.filter(zone__warehouse_id=warehouse_id).aggregate(far=Max("y_mm"))["far"] or 0
