"""What every app's admin pages are made of: the wall around shops and warehouses, and pages that only show."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.db.models import ForeignKey, QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from core.selectors.scope import scoped

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class Walled:
    """Rows of the user's shops and warehouses only. `wall` names the look-ups to their ids: `{"shop": "shop_id"}`.

    What a form offers is walled by the admin of the model that it points to.
    """

    wall: ClassVar[dict[str, str]] = {}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        return scoped(rows, request.user, **self.wall) if self.wall else rows

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        target = self.admin_site._registry.get(db_field.remote_field.model)  # type: ignore[attr-defined]
        if isinstance(target, Walled) and target.wall:
            kwargs["queryset"] = target.get_queryset(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class WalledFilter(admin.RelatedFieldListFilter):
    """A filter by shop or warehouse that offers only the user's."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: Any
    ) -> "list[tuple[str, str | _StrPromise]]":
        target = model_admin.admin_site.get_model_admin(field.related_model)
        seen = {"pk__in": target.get_queryset(request).values("pk")}
        return list(field.get_choices(include_blank=False, limit_choices_to=seen))


class WalledAdmin(Walled, ModelAdmin):
    """Master data that is kept here. Rows others point to are switched off, not deleted."""

    list_per_page = 50
    show_full_result_count = False


class ShownAdmin(Walled, ModelAdmin):
    """Rows that services write: to be looked at here, never changed. `seen_with` is the code of core.permissions that
    it takes."""

    seen_with = ""
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return (
            request.user.has_perm(f"core.{self.seen_with}") if self.seen_with else super().has_view_permission(request)
        )

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
