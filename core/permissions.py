"""Every permission of the product, and which role holds it. Roles are Django groups made by `core.services.roles`."""

from django.utils.translation import gettext_lazy as _

PERMISSIONS = [
    ("dashboard_view", _("See the dashboard and insights")),
    ("orders_view", _("See orders")),
    ("orders_edit", _("Release, hold, cancel and correct orders")),
    ("holds_release", _("Take over and release exceptions")),
    ("receiver_reveal", _("Reveal a receiver's name, phone and address")),
    ("waves_view", _("See waves")),
    ("waves_edit", _("Make and release waves")),
    ("pick", _("Pick")),
    ("pack", _("Pack and check")),
    ("shipments_view", _("See shipments")),
    ("labels_print", _("Fetch waybills and print labels")),
    ("ship", _("Hand parcels over to the carrier")),
    ("tickets_view", _("See after-sales tickets")),
    ("tickets_edit", _("Work on after-sales tickets")),
    ("refund_approve", _("Approve refunds")),
    ("finance_view", _("See statements, ledger and costs")),
    ("finance_edit", _("Import statements and settle differences")),
    ("rules_view", _("See rules")),
    ("rules_edit", _("Edit and publish rules")),
    ("catalog_edit", _("Maintain master data")),
    ("listings_match", _("Match shops' products to SKUs")),
    ("stock_view", _("See stock")),
    ("stock_edit", _("Receive and adjust stock")),
    ("inbox_view", _("See raw messages and dead letters")),
    ("inbox_replay", _("Replay parked messages")),
]

_EVERYTHING = {code for code, _label in PERMISSIONS}
_STOCK_AND_ORDERS = {"orders_view", "stock_view", "shipments_view"}

ROLES: dict[str, set[str]] = {
    "ops": _STOCK_AND_ORDERS
    | {
        "dashboard_view",
        "orders_edit",
        "holds_release",
        "receiver_reveal",
        "waves_view",
        "waves_edit",
        "labels_print",
        "ship",
    }
    | {"tickets_view", "rules_view", "rules_edit", "inbox_view", "inbox_replay", "stock_edit", "listings_match"},
    "cs": {"dashboard_view", "orders_view", "receiver_reveal", "shipments_view", "tickets_view", "tickets_edit"},
    "picker": {"pick", "waves_view"},
    "packer": {"pack", "labels_print", "ship", "shipments_view"},
    "master": {"dashboard_view", "catalog_edit", "listings_match", "stock_view", "stock_edit", "rules_view"},
    "finance": {
        "dashboard_view",
        "orders_view",
        "holds_release",
        "finance_view",
        "finance_edit",
        "refund_approve",
        "tickets_view",
    },
    "admin": _EVERYTHING,
}

ROLE_LABELS = {
    "ops": _("Operations"),
    "cs": _("Customer service"),
    "picker": _("Picker"),
    "packer": _("Packer"),
    "master": _("Master data"),
    "finance": _("Finance"),
    "admin": _("Administrator"),
}
