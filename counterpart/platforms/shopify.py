"""Shopify: orders are listed and read; fulfilment orders are looked up, then fulfilled; what is fulfilled is closed."""

from typing import Any

from counterpart.http import Request, Response, answer, route
from counterpart.journal import Entry
from counterpart.platforms import listing
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


def orders(world: World, request: Request) -> Response:
    """By update or creation, oldest first; the `Link` header leads on from the last order of the page."""
    if (refusal := _check(world, request)) is not None:
        return refusal
    asked: dict[str, Any] = dict(request.query)
    cursor = asked.pop("page_info", "")
    if cursor:
        state = listing.unpack(cursor)
        if state is None or not asked.keys() <= {"limit", "fields"}:
            return answer({"errors": {"page_info": "Invalid value."}}, 400)
        asked |= state
    by = "created_at" if "created_at_min" in asked else "updated_at"
    low, high = listing.instant(asked.get(f"{by}_min")), listing.instant(asked.get(f"{by}_max")) or float("inf")
    limit, after = min(int(asked.get("limit", 50)), 250), asked.get("after", [0, 0])
    rows = []
    for row in listing.bodies(world, "shopify", _shop(world, request)):
        place = [listing.instant(row.get(by)), int(row["id"])]
        if low <= place[0] <= high and place > after and "line_items" in row:
            rows.append((place, row))
    rows.sort(key=lambda found: found[0])
    said = {"orders": [listing.only(row, asked.get("fields", "")) for _place, row in rows[:limit]]}
    if len(rows) <= limit:
        return answer(said)
    state = {name: asked[name] for name in (f"{by}_min", f"{by}_max") if name in asked}
    on = listing.pack({**state, "after": rows[limit - 1][0]})
    link = f'<https://example-shop.myshopify.com{request.path}?limit={limit}&page_info={on}>; rel="next"'
    return answer(said, 200, Link=link)


def one_order(world: World, request: Request) -> Response:
    if (refusal := _check(world, request)) is not None:
        return refusal
    body = listing.known(world, "shopify", _shop(world, request), request.parts["order"])
    return answer({"order": body}) if body else answer({"errors": "Not Found"}, 404)


ROUTES = [
    route("GET", _API + r"/orders\.json", orders),
    route("GET", _API + r"/orders/(?P<order>\d+)\.json", one_order),
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


def _shop(world: World, request: Request) -> str:
    token = request.headers.get("x-shopify-access-token", "")
    mine = [shop for (name, _key), shop in world.shops.items() if name == "shopify" and shop["access_token"] == token]
    return str(mine[0]["app_key"]) if mine else ""


def _check(world: World, request: Request) -> Response | None:
    """The access token names the shop."""
    token = request.headers.get("x-shopify-access-token", "")
    known = [shop for (platform, _key), shop in world.shops.items() if platform == "shopify"]
    if token and (not known or any(shop.get("access_token") == token for shop in known)):
        return None
    world.refuse(request.path, "shopify token")
    return answer({"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"}, 401)
