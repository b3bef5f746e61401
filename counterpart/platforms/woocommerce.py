"""WooCommerce: an order is read and updated under `/wp-json/wc/v3/orders/{id}`."""

import base64
import binascii
from typing import Any

from counterpart.http import Request, Response, answer, route
from counterpart.platforms import shops
from counterpart.world import World


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
    known = world.orders.get(("woocommerce", request.parts["order"]))
    if known is None:
        return answer({"code": "woocommerce_rest_shop_order_invalid_id", "message": "无效的ID。"}, 404)
    return answer(known["body"])


ROUTES = [
    route("PUT", r"/wp-json/wc/v3/orders/(?P<order>\d+)", update),
    route("GET", r"/wp-json/wc/v3/orders/(?P<order>\d+)", get),
]


def order_no(body: Any) -> str:
    return str(body.get("id", ""))


def _verdict(world: World, request: Request) -> str:
    scheme, _space, packed = request.headers.get("authorization", "").partition(" ")
    try:
        key, _colon, secret = base64.b64decode(packed, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        key, secret = "", ""
    return shops.judge(world, request, "woocommerce", key, lambda known, _token: scheme == "Basic" and secret == known)
