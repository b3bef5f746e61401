"""An own site that is told of shipments by a Standard Webhook."""

from typing import Any

from counterpart import webhooks
from counterpart.http import Request, Response, answer, route
from counterpart.platforms import shops
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


ROUTES = [route("POST", r"/webhooks/shipments", shipment)]


def order_no(body: Any) -> str:
    return str((body.get("data") or body).get("order_no", ""))
