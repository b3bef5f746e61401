"""What a filter may offer to whoever asks. A schema is drawn without anybody asking: it gets nothing."""

from django.db.models import QuerySet
from django.http import HttpRequest

from catalog.models import Shop, Warehouse
from core.selectors.scope import scoped


def shops(request: HttpRequest | None) -> QuerySet[Shop]:
    """The active shops that the user sees, by name."""
    rows = Shop.objects.filter(is_active=True).order_by("name")
    return scoped(rows, request.user, shop="id") if request else rows.none()


def warehouses(request: HttpRequest | None) -> QuerySet[Warehouse]:
    """The active warehouses that the user sees, by code."""
    rows = Warehouse.objects.filter(is_active=True).order_by("code")
    return scoped(rows, request.user, warehouse="id") if request else rows.none()
