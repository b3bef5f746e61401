"""The floor's papers to look at. They change by scans, carriers and the pages of the floor, never here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from core.web.admin import ShownAdmin, WalledFilter
from fulfillment.models import PackScan, Parcel, PickScan, Shortfall, TrackingScan, Wave, Waybill


@admin.register(Wave)
class WaveAdmin(ShownAdmin):
    wall = {"warehouse": "warehouse_id"}
    seen_with = "waves_view"
    list_display = ["__str__", "warehouse", "kind", "state", "rule", "metres", "metres_apart", "released_at"]
    list_filter = ["state", "kind", ("warehouse", WalledFilter)]
    list_select_related = ["warehouse"]
    ordering = ["-id"]


@admin.register(PickScan)
class PickScanAdmin(ShownAdmin):
    wall = {"warehouse": "task__wave__warehouse_id"}
    seen_with = "waves_view"
    list_display = ["at", "verdict", "code", "qty", "sku", "bin", "user"]
    list_filter = ["verdict"]
    list_select_related = ["line__sku", "line__bin", "user"]
    search_fields = ["=code"]
    ordering = ["-id"]

    @admin.display(description=_("SKU"))
    def sku(self, scan: PickScan) -> str:
        return scan.line.sku.code if scan.line else ""

    @admin.display(description=_("bin"))
    def bin(self, scan: PickScan) -> str:
        return scan.line.bin.code if scan.line else ""


@admin.register(Shortfall)
class ShortfallAdmin(ShownAdmin):
    """What pickers did not find, and whether the books know it yet."""

    wall = {"warehouse": "bin__zone__warehouse_id"}
    seen_with = "stock_view"
    list_display = ["noted_at", "sku", "bin", "qty", "settled_at"]
    list_select_related = ["sku", "bin"]
    ordering = ["-id"]


@admin.register(Parcel)
class ParcelAdmin(ShownAdmin):
    wall = {"shop": "suborder__order__shop_id", "warehouse": "warehouse_id"}
    seen_with = "shipments_view"
    list_display = ["__str__", "warehouse", "state", "carrier", "waybill_no", "track_status", "shipped_at"]
    list_filter = ["state", "track_status", ("warehouse", WalledFilter)]
    list_select_related = ["warehouse"]
    search_fields = ["=waybill_no", "=order_id"]
    ordering = ["-id"]


@admin.register(PackScan)
class PackScanAdmin(ShownAdmin):
    wall = {"shop": "parcel__suborder__order__shop_id", "warehouse": "parcel__warehouse_id"}
    seen_with = "shipments_view"
    list_display = ["at", "parcel", "verdict", "code", "sku", "qty", "user"]
    list_filter = ["verdict"]
    list_select_related = ["parcel", "sku", "user"]
    search_fields = ["=code", "=parcel__id"]
    ordering = ["-id"]


@admin.register(Waybill)
class WaybillAdmin(ShownAdmin):
    wall = {"shop": "parcel__suborder__order__shop_id", "warehouse": "parcel__warehouse_id"}
    seen_with = "shipments_view"
    list_display = ["reference", "carrier", "number", "state", "prints", "error_code", "asked_at", "recycled_at"]
    list_filter = ["state", "carrier"]
    search_fields = ["=number", "=reference"]
    ordering = ["-id"]


@admin.register(TrackingScan)
class TrackingScanAdmin(ShownAdmin):
    wall = {"shop": "parcel__suborder__order__shop_id", "warehouse": "parcel__warehouse_id"}
    seen_with = "shipments_view"
    list_display = ["received_at", "parcel", "status", "code", "at", "place", "text"]
    list_filter = ["status"]
    list_select_related = ["parcel"]
    search_fields = ["=parcel__waybill_no", "=parcel__id"]
    ordering = ["-id"]
