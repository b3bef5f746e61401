from django.contrib import admin
from unfold.admin import TabularInline

from catalog.admin.sheets import SheetMixin
from catalog.forms.sku import BarcodeForm, ComponentFormSet
from catalog.models import Barcode, BundleComponent, PackSpec, Sku, Supplier
from catalog.resources.columns import SkuUpload, template
from catalog.resources.sku import SkuResource
from core.web.admin import WalledAdmin


class BarcodeInline(TabularInline):
    model = Barcode
    form = BarcodeForm
    extra = 0


class PackSpecInline(TabularInline):
    model = PackSpec
    extra = 0


class ComponentInline(TabularInline):
    model = BundleComponent
    formset = ComponentFormSet
    fk_name = "bundle"
    autocomplete_fields = ["component"]
    extra = 0


@admin.register(Sku)
class SkuAdmin(SheetMixin, WalledAdmin):
    list_display = ["code", "name", "category", "temperature", "weight_g", "supplier", "reorder_point", "is_active"]
    list_filter = ["is_active", "temperature", "is_bundle", "is_fragile", "is_hazardous", "is_bulky", "supplier"]
    list_select_related = ["supplier"]
    search_fields = ["code", "name", "barcodes__code"]
    autocomplete_fields = ["supplier"]
    inlines = [BarcodeInline, PackSpecInline, ComponentInline]
    resource_classes = [SkuResource]
    import_formats = [SkuUpload]

    def sheet_template(self) -> bytes:
        return template()


@admin.register(Supplier)
class SupplierAdmin(WalledAdmin):
    list_display = ["code", "name", "lead_time_days", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code", "name"]
