"""What goods cost when they moved."""

from collections.abc import Iterable

from inventory.models import Movement


def unit_costs(keys: Iterable[str]) -> dict[tuple[str, int], int]:
    """(movement key, SKU id) → unit cost in fen of the ledger rows booked under these keys; rows without a cost are
    left out."""
    rows = Movement.objects.filter(key__in=set(keys), unit_cost_fen__gt=0)
    return {(key, sku_id): cost for key, sku_id, cost in rows.values_list("key", "sku_id", "unit_cost_fen")}
