"""Which shops and warehouses a user sees. Kept here because only master data knows their names."""

from django.contrib import admin

from catalog.forms.scope import ScopeForm
from core.models import UserScope
from core.web.admin import WalledAdmin


@admin.register(UserScope)
class UserScopeAdmin(WalledAdmin):
    form = ScopeForm
    list_display = ["user", "all_shops", "all_warehouses", "shop_ids", "warehouse_ids"]
    list_select_related = ["user"]
    search_fields = ["user__username", "user__first_name"]
    autocomplete_fields = ["user"]
