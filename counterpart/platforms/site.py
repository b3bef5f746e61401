"""An own site: told of shipments by a Standard Webhook, asked for its orders with a bearer token."""

from typing import Any

from counterpart import webhooks
from counterpart.http import Request, Response, answer, route
from counterpart.platforms import listing, shops
from counterpart.world import World


def shipment(world: World, request: Request) -> Response:
    secrets = [shop["secret"] for (platform, _key), shop in world.shops.items() if platform == "standard"]
    if secrets and (wrong := webhooks.problem(request, secrets)):
        world.refuse(request.path, wrong)
        return answer({"code": f"bad_{wrong}"}, 401)
    data = request.json().get("data") or {}
    order_no, number = str(data.get("order_no", "")), str(data.get("waybill_no", ""))
    reference = request.headers.get("webhook-id", "")
    if all(entry.get("reference") != reference for entry in world.shipped("standard", order_no)):
        lines = [[row["line_id"], row["qty"]] for row in data.get("lines", [])]
        verdict = shops.GOOD if secrets else shops.UNKNOWN
        carrier = str(data.get("carrier", ""))
        world.ship("standard", order_no, number, carrier, lines=lines, signature=verdict, reference=reference)
    return Response(204)


def orders(world: World, request: Request) -> Response:
    """By modification or creation, oldest first; `next` leads on from the last order of the page."""
    shop, refusal = _caller(world, request)
    if refusal is not None:
        return refusal
    asked = request.query
    by = "created" if "created_from" in asked else "modified"
    low, high = listing.instant(asked.get(f"{by}_from")), listing.instant(asked.get(f"{by}_to")) or float("inf")
    limit, after = min(int(asked.get("limit", 50)), 100), (listing.unpack(asked.get("cursor", "")) or {}).get("after")
    found = []
    for body in listing.bodies(world, "standard", shop):
        data = body.get("data") or body
        place: list[Any] = [listing.instant(data.get(f"{by}_at")), str(data["order_no"])]
        if low <= place[0] <= high and (after is None or place > after) and "lines" in data:
            found.append((place, body))
    found.sort(key=lambda row: row[0])
    on = listing.pack({"after": found[limit - 1][0]}) if len(found) > limit else None
    return answer({"orders": [body for _place, body in found[:limit]], "next": on})


def one_order(world: World, request: Request) -> Response:
    shop, refusal = _caller(world, request)
    if refusal is not None:
        return refusal
    body = listing.known(world, "standard", shop, request.parts["order"])
    return answer(body) if body else answer({"code": "not_found"}, 404)


def _caller(world: World, request: Request) -> tuple[str, Response | None]:
    """The app key of the shop whose token this is; without any shop told to us everybody is believed."""
    token = request.headers.get("authorization", "").removeprefix("Bearer ")
    known = [shop for (platform, _key), shop in world.shops.items() if platform == "standard"]
    mine = [shop for shop in known if token and shop.get("access_token") == token]
    if known and not mine:
        world.refuse(request.path, "standard token")
        return "", answer({"code": "unauthorized"}, 401)
    return (str(mine[0]["app_key"]) if mine else ""), None


ROUTES = [
    route("POST", r"/webhooks/shipments", shipment),
    route("GET", r"/orders", orders),
    route("GET", r"/orders/(?P<order>[^/]+)", one_order),
]


def order_no(body: Any) -> str:
    return str((body.get("data") or body).get("order_no", ""))
