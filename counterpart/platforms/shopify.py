"""Shopify: fulfilment orders are looked up, then fulfilled; what is fulfilled is closed."""

from typing import Any

from counterpart.http import Request, Response, answer, route
from counterpart.journal import Entry
from counterpart.world import World

_API = r"/admin/api/[0-9-]+"
_SHIFT = 7_000_000_000_000  # fulfilment order ids are ours: order id + this


def fulfillment_orders(world: World, request: Request) -> Response:
    if (refusal := _check(world, request)) is not None:
        return refusal
    order_no = request.parts["order"]
    items = _items(world, order_no)
    if items is None:
        return answer({"errors": "Not Found"}, 404)
    closed = not any(item["fulfillable_quantity"] for item in items)
    row = {
        "id": int(order_no) + _SHIFT,
        "order_id": int(order_no),
        "status": "closed" if closed else "open",
        "line_items": items,
    }
    return answer({"fulfillment_orders": [row]})


def fulfill(world: World, request: Request) -> Response:
    if (refusal := _check(world, request)) is not None:
        return refusal
    wanted = request.json().get("fulfillment") or {}
    parts = wanted.get("line_items_by_fulfillment_order") or []
    tracking = wanted.get("tracking_info") or {}
    if not parts:
        return answer({"errors": {"base": ["line_items_by_fulfillment_order is missing"]}}, 422)
    order_no = str(int(parts[0]["fulfillment_order_id"]) - _SHIFT)
    items = _items(world, order_no) or []
    if not any(item["fulfillable_quantity"] for item in items):
        return answer({"errors": ["The fulfillment order is not in an open state."]}, 422)
    wanted_items = parts[0].get("fulfillment_order_line_items") or []
    named = {one["id"]: int(one["quantity"]) for one in wanted_items} or {
        item["id"]: item["fulfillable_quantity"] for item in items
    }
    if any(named.get(item["id"], 0) > item["fulfillable_quantity"] for item in items):
        return answer({"errors": ["Quantity must not exceed the fulfillable quantity."]}, 422)
    shipped = [[str(item["line_item_id"]), named[item["id"]]] for item in items if named.get(item["id"])]
    number = str(tracking.get("number", ""))
    entry = world.ship("shopify", order_no, number, str(tracking.get("company", "")), lines=shipped, signature="token")
    made = {"id": len(world.shipbacks), "order_id": int(order_no), "status": "success", "tracking_number": number}
    return answer({"fulfillment": made | {"created_at": entry["at"]}}, 201)


ROUTES = [
    route("GET", _API + r"/orders/(?P<order>\d+)/fulfillment_orders\.json", fulfillment_orders),
    route("POST", _API + r"/fulfillments\.json", fulfill),
]


def order_no(body: Any) -> str:
    return str(body.get("id", ""))


def _items(world: World, order_no: str) -> list[dict[str, Any]] | None:
    """The order's lines and what is still to be fulfilled of each; None for an order that we were not told of."""
    known = world.orders.get(("shopify", order_no))
    if known is None:
        return None
    gone: dict[str, int] = {}
    for entry in world.shipped("shopify", order_no):
        for line_id, quantity in entry["lines"]:
            gone[line_id] = gone.get(line_id, 0) + quantity
    return [_item(line, gone) for line in known["body"].get("line_items", [])]


def _item(line: Entry, gone: dict[str, int]) -> dict[str, Any]:
    quantity = int(line.get("quantity", 0))
    return {
        "id": int(line["id"]) + _SHIFT,
        "line_item_id": line["id"],
        "quantity": quantity,
        "fulfillable_quantity": max(quantity - gone.get(str(line["id"]), 0), 0),
    }


def _check(world: World, request: Request) -> Response | None:
    """The access token names the shop."""
    token = request.headers.get("x-shopify-access-token", "")
    known = [shop for (platform, _key), shop in world.shops.items() if platform == "shopify"]
    if token and (not known or any(shop.get("access_token") == token for shop in known)):
        return None
    world.refuse(request.path, "shopify token")
    return answer({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401)
