"""The blacklist. Orders have their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from core.web.admin import WalledAdmin
from oms.forms.blacklist import BlacklistForm
from oms.models import BlacklistEntry
from oms.selectors.orders import visible_to
from oms.services import blacklist


@admin.register(BlacklistEntry)
class BlacklistAdmin(WalledAdmin):
    """An entry is recognised once; afterwards only its reason and whether it counts may change."""

    list_display = ["kind", "shown", "reason", "is_active", "created_at"]
    list_filter = ["kind", "is_active"]
    search_fields = ["shown", "reason"]
    fields = ["kind", "shown", "reason", "is_active", "created_at"]
    readonly_fields = ["kind", "shown", "created_at"]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            return super().get_form(request, obj, change, **kwargs)
        return type("ScopedBlacklistForm", (BlacklistForm,), {"orders": visible_to(request.user)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields if obj is not None else BlacklistForm.Meta.fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.readonly_fields) if obj is not None else []

    def save_model(self, request: HttpRequest, obj: BlacklistEntry, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        obj.pk = blacklist.add(form.trait, form.cleaned_data["reason"]).pk
