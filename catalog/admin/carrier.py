from django.contrib import admin
from unfold.admin import TabularInline

from catalog.models import Carrier, RateRow, RateSheet
from core.web.admin import WalledAdmin


class RateRowInline(TabularInline):
    model = RateRow
    extra = 0


@admin.register(Carrier)
class CarrierAdmin(WalledAdmin):
    list_display = ["code", "name", "adapter", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]


@admin.register(RateSheet)
class RateSheetAdmin(WalledAdmin):
    wall = {"warehouse": "warehouse_id"}
    list_display = ["carrier", "warehouse", "valid_from"]
    list_filter = ["carrier"]
    list_select_related = ["carrier", "warehouse"]
    inlines = [RateRowInline]
