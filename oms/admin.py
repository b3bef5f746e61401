"""The black and the white list. Orders have their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.web.admin import WalledAdmin
from oms.forms.listed import ListForm
from oms.models import ListEntry
from oms.selectors.orders import visible_to
from oms.services import lists


@admin.register(ListEntry)
class ListAdmin(WalledAdmin):
    """Whom an entry means is settled once; its reason and whether it counts may change, and then its orders are looked
    at again. Deletion would free nobody, so there is none."""

    list_display = ["side", "kind", "shown", "reason", "is_active", "created_at"]
    list_filter = ["side", "kind", "is_active"]
    search_fields = ["shown", "reason"]
    fields = ["side", "kind", "shown", "reason", "is_active", "created_at"]
    readonly_fields = ["side", "kind", "shown", "created_at"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return type("ScopedListForm", (ListForm,), {"orders": visible_to(request.user)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields if obj is not None else ListForm.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.readonly_fields) if obj is not None else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ListEntry, form: Any, change: bool) -> None:
        if change:
            lists.change(obj)
            return
        obj.pk = lists.add(form.trait, form.cleaned_data["reason"], form.cleaned_data["side"]).pk
