"""The one wall: which rows a user may see, for pages, fragments, prints, exports, search and API alike."""

from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet

from core.models import UserScope

M = TypeVar("M", bound=Model)


def scoped(
    queryset: QuerySet[M], user: AbstractBaseUser | AnonymousUser, *, shop: str = "", warehouse: str = ""
) -> QuerySet[M]:
    """Narrow `queryset` to the user's shops and warehouses. `shop` and `warehouse` are look-ups to their ids
    (`order__shop_id`); a user without a scope sees nothing."""
    scope = UserScope.objects.filter(user_id=user.pk or 0).first()
    if scope is None:
        return queryset.none()
    filters: dict[str, Any] = {}
    if shop and not scope.all_shops:
        filters[f"{shop}__in"] = scope.shop_ids
    if warehouse and not scope.all_warehouses:
        filters[f"{warehouse}__in"] = scope.warehouse_ids
    return queryset.filter(**filters)
