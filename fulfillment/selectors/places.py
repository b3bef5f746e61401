from catalog.models import Bin


def staging_bin(warehouse_id: int) -> int:
    """Id of the bin where a warehouse's picked goods stand until they leave."""
    return Bin.objects.get(zone__warehouse_id=warehouse_id, zone__kind="staging").pk
