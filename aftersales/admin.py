"""How the service desk is set up. Tickets and money are worked on the desk's own pages only."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from aftersales.models import FreeDay, Macro, WorkingHours


@admin.register(Macro)
class MacroAdmin(ModelAdmin):
    list_display = ["title", "kind", "position", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["title", "text"]


@admin.register(WorkingHours)
class WorkingHoursAdmin(ModelAdmin):
    list_display = ["weekday", "opens", "closes"]


@admin.register(FreeDay)
class FreeDayAdmin(ModelAdmin):
    list_display = ["day", "name"]
