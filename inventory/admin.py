"""Stock to look at. It changes by receiving, shipping and counting, never here."""

from django.contrib import admin
from django.db.models import F, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from core.web.admin import ShownAdmin, WalledFilter
from inventory.models import BinStock, Movement, Reservation, Stock


@admin.register(Stock)
class StockAdmin(ShownAdmin):
    wall = {"warehouse": "warehouse_id"}
    seen_with = "stock_view"
    list_display = ["sku", "warehouse", "on_hand", "reserved", "frozen", "available"]
    list_filter = [("warehouse", WalledFilter)]
    list_select_related = ["sku", "warehouse"]
    search_fields = ["sku__code", "sku__name", "sku__barcodes__code"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Stock]:
        return super().get_queryset(request).annotate(available=F("on_hand") - F("reserved") - F("frozen"))

    @admin.display(description=_("available"), ordering="available")
    def available(self, stock: Stock) -> int:
        return stock.available  # type: ignore[attr-defined]


@admin.register(BinStock)
class BinStockAdmin(ShownAdmin):
    wall = {"warehouse": "bin__zone__warehouse_id"}
    seen_with = "stock_view"
    list_display = ["bin", "sku", "qty", "promised"]
    list_select_related = ["bin", "sku"]
    search_fields = ["bin__code", "sku__code", "sku__name"]


@admin.register(Reservation)
class ReservationAdmin(ShownAdmin):
    wall = {"warehouse": "warehouse_id"}
    seen_with = "stock_view"
    list_display = ["group", "ref", "attempt", "sku", "warehouse", "qty", "posted_qty", "state", "created_at"]
    list_filter = ["state", ("warehouse", WalledFilter)]
    list_select_related = ["sku", "warehouse"]
    search_fields = ["sku__code", "=group", "=ref"]
    ordering = ["-id"]


@admin.register(Movement)
class MovementAdmin(ShownAdmin):
    wall = {"warehouse": "warehouse_id"}
    seen_with = "stock_view"
    list_display = ["at", "reason", "qty", "sku", "warehouse", "bin", "key", "actor"]
    list_filter = ["reason", ("warehouse", WalledFilter)]
    list_select_related = ["sku", "warehouse", "bin"]
    search_fields = ["sku__code", "=key"]
    ordering = ["-id"]
