"""Master data of finance. Statements, differences and the books are worked on their own pages only."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from finance.models import CostRate


@admin.register(CostRate)
class CostRateAdmin(ModelAdmin):
    list_display = ["warehouse", "valid_from", "packing_fen", "hourly_fen", "seconds"]
    list_filter = ["warehouse"]
    date_hierarchy = "valid_from"
