"""WooCommerce: orders are listed under `/wp-json/wc/v3/orders`, read and updated under `/{id}`."""

import base64
import binascii
from typing import Any

from counterpart.http import Request, Response, answer, route
from counterpart.platforms import listing, shops
from counterpart.world import World

_CHANGED = "date_modified_gmt"


def update(world: World, request: Request) -> Response:
    verdict = _verdict(world, request)
    if verdict == shops.BAD:
        return answer({"code": "woocommerce_rest_cannot_edit", "message": "抱歉，您不能编辑此资源。"}, 401)
    order_no, change = request.parts["order"], request.json()
    meta = {row.get("key"): row.get("value") for row in change.get("meta_data", [])}
    number, carrier = str(meta.get("_tracking_number", "")), str(meta.get("_tracking_provider", ""))
    if number and not any(entry["waybill_no"] == number for entry in world.shipped("woocommerce", order_no)):
        done = change.get("status") == "completed"
        world.ship("woocommerce", order_no, number, carrier, lines=[], whole=done, signature=verdict)
    known = world.orders.get(("woocommerce", order_no), {}).get("body", {})
    return answer({**known, "id": int(order_no), **change})


def get(world: World, request: Request) -> Response:
    if _verdict(world, request) == shops.BAD:
        return answer({"code": "woocommerce_rest_cannot_view", "message": "抱歉，您不能查看此资源。"}, 401)
    known = listing.known(world, "woocommerce", _key(request)[0], request.parts["order"])
    if known is None:
        return answer({"code": "woocommerce_rest_shop_order_invalid_id", "message": "无效的ID。"}, 404)
    return answer(known)


def orders(world: World, request: Request) -> Response:
    """By id, both ends of a time left out, the total in the headers."""
    if _verdict(world, request) == shops.BAD:
        return answer({"code": "woocommerce_rest_cannot_view", "message": "抱歉，您不能列出资源。"}, 401)
    asked = request.query
    size, page = int(asked.get("per_page", 10)), int(asked.get("page", 1))
    if not 1 <= size <= 100:
        return answer({"code": "rest_invalid_param", "message": "无效的参数：per_page"}, 400)
    states = asked.get("status", "any").split(",")
    found = [body for body in listing.bodies(world, "woocommerce", _key(request)[0]) if "line_items" in body]
    if "any" not in states:
        found = [body for body in found if body.get("status") in states]
    for names, field in ((("after", "before"), "date_created_gmt"), (("modified_after", "modified_before"), _CHANGED)):
        after, before = asked.get(names[0], ""), asked.get(names[1], "9999")
        found = [body for body in found if after < str(body.get(field, "0")) < before]
    found.sort(key=lambda body: int(body["id"]), reverse=asked.get("order", "desc") == "desc")
    rows = [listing.only(body, asked.get("_fields", "")) for body in found[(page - 1) * size : page * size]]
    pages = -(-len(found) // size)
    return answer(rows, 200, **{"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)})


ROUTES = [
    route("GET", r"/wp-json/wc/v3/orders", orders),
    route("PUT", r"/wp-json/wc/v3/orders/(?P<order>\d+)", update),
    route("GET", r"/wp-json/wc/v3/orders/(?P<order>\d+)", get),
]


def order_no(body: Any) -> str:
    return str(body.get("id", ""))


def _key(request: Request) -> tuple[str, str, str]:
    """Consumer key, consumer secret and the scheme they came by."""
    scheme, _space, packed = request.headers.get("authorization", "").partition(" ")
    try:
        key, _colon, secret = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key, secret = "", ""
    return key, secret, scheme


def _verdict(world: World, request: Request) -> str:
    key, secret, scheme = _key(request)
    return shops.judge(world, request, "woocommerce", key, lambda known, _token: scheme == "Basic" and secret == known)
