"""`/_/…`: what the other side has seen and what it shall do next. For tests and demonstrations only.

GET  /_/state                   counts, and whether every parcel has been tracked to its end
GET  /_/waybills /_/shipbacks /_/crm /_/pushes /_/refused   ?limit=N (newest last)
POST /_/faults {"path", "mode", "count", "rate", "seconds", "match", "status", "says"} · GET · DELETE
POST /_/track {"waybill_no", "carrier", "plan": [status or {"status", "after_s", "text"}], "format", "duplicate",
               "reorder"}
POST /_/orders {"platform", "body", "shop"} or a list of these: orders that the platforms' lists and look-ups then know;
               `shop` is its app key, without one they are every shop's
POST /_/shops {"platform", "app_key", "secret", "access_token"} or a list: whose calls are then checked
POST /_/settings {"callback", "speed", "auto_track", "duplicate", "reorder", "trouble", "seed", "skew"}; skew: how
               far the platforms' clock (the Date header) is ahead of this machine's (s)
"""

import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from counterpart.faults import Fault
from counterpart.http import Request, Response, answer, route
from counterpart.platforms import platforms
from counterpart.tracking import courier as courier_
from counterpart.tracking import formats, plan
from counterpart.tracking.courier import Courier
from counterpart.world import World

_ORDER_NO: dict[str, Callable[[Any], str]] = {key: module.order_no for key, module in platforms()}


class Control:
    """The routes, bound to the courier they steer."""

    def __init__(self, courier: Courier) -> None:
        self.courier = courier
        self.routes = [
            route("GET", r"/_/state", self.state),
            route("GET", r"/_/(?P<what>waybills|shipbacks|crm|pushes|refused)", self.listed),
            route("GET", r"/_/faults", lambda world, request: answer(world.faults.listed())),
            route("POST", r"/_/faults", _plan_faults),
            route("DELETE", r"/_/faults", _clear_faults),
            route("POST", r"/_/track", self.track),
            route("POST", r"/_/orders", _orders),
            route("POST", r"/_/shops", _shops),
            route("POST", r"/_/settings", _settings),
        ]

    def state(self, world: World, request: Request) -> Response:
        with world.lock:
            counts = {
                "waybills": len(world.waybills), "shipbacks": len(world.shipbacks), "crm": len(world.crm),
                "orders": len(world.orders), "shops": len(world.shops), "journeys": len(world.journeys),
                "refused": len(world.refused), "pushes": len(self.courier.done),
            }  # fmt: skip
            settings, faults = dict(world.settings), world.faults.listed()
        return answer({**counts, "idle": self.courier.idle(), "settings": settings, "faults": faults})

    def listed(self, world: World, request: Request) -> Response:
        with world.lock:
            rows = {
                "waybills": list(world.waybills.values()),
                "shipbacks": world.shipbacks,
                "crm": list(world.crm.values()),
                "pushes": list(self.courier.done),
                "refused": world.refused,
            }[request.parts["what"]]
            limit = int(request.query.get("limit", "100000"))
            return answer(rows[-limit:] if limit else [])

    def track(self, world: World, request: Request) -> Response:
        asked = request.json()
        number = str(asked["waybill_no"])
        issued = world.by_number.get(number, {})
        carrier = asked.get("carrier") or issued.get("carrier") or "ZTO"
        rows = asked.get("plan") or ["picked_up", "in_transit", "out_for_delivery", "delivered"]
        steps = plan.asked(rows, issued.get("city", ""), time.time())
        if any(step.status not in formats.STATUSES for step in steps):
            return answer({"code": "unknown_status", "known": formats.STATUSES}, 400)
        journey = self.courier.follow(number, carrier, steps, asked.get("format", ""), **courier_.odds(asked))
        return answer({"waybill_no": number, "form": journey["form"], "steps": [asdict(step) for step in steps]}, 201)


def _plan_faults(world: World, request: Request) -> Response:
    for row in _rows(request):
        world.faults.plan(Fault(**row))
    return answer(world.faults.listed(), 201)


def _clear_faults(world: World, request: Request) -> Response:
    world.faults.clear()
    return Response(204)


def _orders(world: World, request: Request) -> Response:
    kept = 0
    for row in _rows(request):
        order_no = row.get("order_no") or _ORDER_NO[row["platform"]](row["body"])
        if order_no:
            shop = row.get("shop", "")
            world.remember("order", platform=row["platform"], order_no=str(order_no), body=row["body"], shop=shop)
            kept += 1
    return answer({"kept": kept}, 201)


def _shops(world: World, request: Request) -> Response:
    for row in _rows(request):
        world.remember(
            "shop", **{name: row.get(name, "") for name in ("platform", "app_key", "secret", "access_token")}
        )
    return answer({"shops": len(world.shops)}, 201)


def _settings(world: World, request: Request) -> Response:
    values = request.json()
    unknown = sorted(set(values) - set(world.settings))
    if unknown:
        return answer({"code": "unknown_setting", "names": unknown}, 400)
    world.remember("settings", values=values)
    return answer(world.settings)


def _rows(request: Request) -> list[dict[str, Any]]:
    given = request.json()
    return given if isinstance(given, list) else [given]
