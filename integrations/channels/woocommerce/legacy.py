"""Orders of WooCommerce's legacy REST API (v1 to v3 under `/wc-api/`), which old webhooks still send as `{"order": …}`.

The same order in other words: no currency of the lines differs, times are UTC, `payment_details.paid` stands for the
payment date that this API does not tell.
"""

from typing import Any

from integrations.channels.fields import Row, mapping, rows

_NAMES = {
    "order_number": "number",
    "created_at": "date_created_gmt",
    "updated_at": "date_modified_gmt",
    "note": "customer_note",
    "total_shipping": "shipping_total",
    "shipping_address": "shipping",
    "billing_address": "billing",
}


def modern(order: Row) -> dict[str, Any]:
    """The order in the names of the current API; one that has them already comes back as it is."""
    if "shipping_address" not in order and "payment_details" not in order:
        return dict(order)
    made = {_NAMES.get(name, name): value for name, value in order.items()}
    made["payment_method"] = mapping(order.get("payment_details")).get("method_id")
    made["line_items"] = [{**item, "meta_data": rows(item.get("meta"))} for item in rows(order.get("line_items"))]
    return made
