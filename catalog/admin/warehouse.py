from django.contrib import admin
from unfold.admin import TabularInline

from catalog.forms.warehouse import WarehouseForm
from catalog.models import Bin, Warehouse, Zone
from core.web.admin import WalledAdmin


class ZoneInline(TabularInline):
    model = Zone
    extra = 0


@admin.register(Warehouse)
class WarehouseAdmin(WalledAdmin):
    wall = {"warehouse": "id"}
    form = WarehouseForm
    list_display = ["code", "name", "province", "city", "cutoff", "takes_hazardous", "takes_bulky", "is_active"]
    list_filter = ["is_active", "province"]
    search_fields = ["code", "name"]
    inlines = [ZoneInline]


@admin.register(Zone)
class ZoneAdmin(WalledAdmin):
    wall = {"warehouse": "warehouse_id"}
    list_display = ["code", "warehouse", "kind", "heat"]
    list_filter = ["kind", "heat"]
    list_select_related = ["warehouse"]
    search_fields = ["code", "warehouse__name"]


@admin.register(Bin)
class BinAdmin(WalledAdmin):
    wall = {"warehouse": "zone__warehouse_id"}
    list_display = ["code", "zone", "aisle", "x_mm", "y_mm", "is_active"]
    list_filter = ["is_active", "zone__kind"]
    list_select_related = ["zone"]
    search_fields = ["code"]
    autocomplete_fields = ["zone"]
