"""Shops, their listings, and the form for their secrets: what is stored is never shown."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from catalog.forms.shop import ShopAccessForm
from catalog.models import Listing, Shop, ShopWarehouse
from catalog.services.shops import set_access
from core.web.admin import Walled, WalledAdmin


class ShopWarehouseInline(Walled, TabularInline):
    wall = {"warehouse": "warehouse_id"}
    model = ShopWarehouse
    extra = 0


@admin.register(Shop)
class ShopAdmin(WalledAdmin):
    wall = {"shop": "id"}
    list_display = ["name", "platform", "code", "currency", "ship_within_hours", "has_secrets", "is_active"]
    list_filter = ["platform", "is_active"]
    search_fields = ["code", "name"]
    readonly_fields = ["has_secrets"]
    inlines = [ShopWarehouseInline]
    actions_detail = ["open_access"]

    @admin.display(description=_("secrets stored"), boolean=True)
    def has_secrets(self, shop: Shop) -> bool:
        return shop.secrets_record is not None

    def get_urls(self) -> list[URLPattern]:
        access = self.admin_site.admin_view(self.access_view)
        return [path("<int:pk>/access/", access, name="catalog_shop_access"), *super().get_urls()]

    @action(description=_("Set the secrets"), url_path="set-access", permissions=["change"])
    def open_access(self, request: HttpRequest, object_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:catalog_shop_access", args=[object_id]))

    def access_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        shop = self.get_queryset(request).filter(pk=pk).first()
        if not self.has_change_permission(request, shop):
            raise PermissionDenied
        if shop is None:
            raise Http404
        form = ShopAccessForm(request.POST or None)
        if form.is_valid():
            set_access(shop, form.cleaned_data.pop("push_secrets"), **form.cleaned_data)
            messages.success(request, _("The secrets of %(shop)s are stored.") % {"shop": shop.name})
            return HttpResponseRedirect(reverse("admin:catalog_shop_change", args=[shop.pk]))
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Set the secrets"),
            "shop": shop,
            "form": form,
            "opts": self.opts,
        }
        return TemplateResponse(request, "catalog/shop_access.html", context)


@admin.register(Listing)
class ListingAdmin(WalledAdmin):
    wall = {"shop": "shop_id"}
    list_display = ["key", "shop", "sku", "merchant_code", "title"]
    list_filter = ["shop__platform"]
    list_select_related = ["shop", "sku"]
    search_fields = ["key", "title", "sku__code"]
    autocomplete_fields = ["sku"]
