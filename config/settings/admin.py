"""How the Django admin (master data) looks: our name, our colour, our way of sorting it."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def _page(title: Any, icon: str, model: str) -> dict[str, Any]:
    """A link of the side bar; shown to whom its page would open."""
    app, name = model.split(".")

    def may_open(request: HttpRequest) -> bool:
        return admin.site.get_model_admin(apps.get_model(app, name)).has_view_permission(request)

    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{app}_{name}_changelist"),
        "permission": may_open,
    }


def _rope(request: HttpRequest) -> str:
    return static("img/rope.svg")


def _group(title: Promise, *items: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(items)}


UNFOLD = {
    "SITE_TITLE": _("OneRope"),
    "SITE_HEADER": _("OneRope"),
    "SITE_SUBHEADER": _("Master data"),
    "SITE_ICON": _rope,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _rope}],
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_HISTORY": True,
    "COLORS": {
        "primary": {
            "50": "#eef5fb", "100": "#d8e7f4", "200": "#b3d0ea", "300": "#82b1da", "400": "#4e8cc4", "500": "#2a6ca9",
            "600": "#0f4c81", "700": "#0a3a63", "800": "#0a3050", "900": "#0a2842", "950": "#06192a",
        },
    },
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {"title": None, "items": [{"title": _("Back to the workbench"), "icon": "arrow_back", "link": "/"}]},
            _group(
                _("Goods"),
                _page(_("SKUs"), "inventory_2", "catalog.sku"),
                _page(_("suppliers"), "factory", "catalog.supplier"),
            ),
            _group(
                _("Shops"),
                _page(_("shops"), "storefront", "catalog.shop"),
                _page(_("listings"), "link", "catalog.listing"),
            ),
            _group(
                _("Warehouses"),
                _page(_("warehouses"), "warehouse", "catalog.warehouse"),
                _page(_("zones"), "grid_view", "catalog.zone"),
                _page(_("bins"), "shelves", "catalog.bin"),
            ),
            _group(
                _("Carriers"),
                _page(_("carriers"), "local_shipping", "catalog.carrier"),
                _page(_("rate sheets"), "request_quote", "catalog.ratesheet"),
            ),
            _group(
                _("Stock"),
                _page(_("stock"), "package_2", "inventory.stock"),
                _page(_("bin stock"), "pin_drop", "inventory.binstock"),
                _page(_("reservations"), "lock", "inventory.reservation"),
                _page(_("movements"), "swap_vert", "inventory.movement"),
            ),
            _group(
                _("Fulfillment"),
                _page(_("waves"), "waves", "fulfillment.wave"),
                _page(_("scans at the shelf"), "barcode_scanner", "fulfillment.pickscan"),
                _page(_("shortfalls"), "report", "fulfillment.shortfall"),
                _page(_("parcels"), "package", "fulfillment.parcel"),
                _page(_("scans at the bench"), "qr_code_scanner", "fulfillment.packscan"),
                _page(_("waybills"), "receipt", "fulfillment.waybill"),
                _page(_("carrier's scans"), "location_on", "fulfillment.trackingscan"),
            ),
            _group(
                _("Service"),
                _page(_("black and white list"), "block", "oms.listentry"),
                _page(_("macros"), "quick_phrases", "aftersales.macro"),
                _page(_("working hours"), "schedule", "aftersales.workinghours"),
                _page(_("free days"), "event_busy", "aftersales.freeday"),
            ),
            _group(_("Money"), _page(_("cost rates"), "payments", "finance.costrate")),
            _group(
                _("People and systems"),
                _page(_("users"), "person", "auth.user"),
                _page(_("roles"), "badge", "auth.group"),
                _page(_("scopes"), "visibility", "core.userscope"),
                _page(_("tokens"), "key", "core.systemtoken"),
                _page(_("audit trail"), "history", "core.auditentry"),
            ),
        ],
    },
}  # fmt: skip
