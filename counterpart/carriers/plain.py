"""A carrier with an interface of its own: `PUT | GET | DELETE /waybills/{reference}`, every call signed."""

import base64
import hmac
from urllib.parse import quote

from counterpart import keys
from counterpart.carriers import BAD_PLACE
from counterpart.http import Request, Response, answer, route
from counterpart.journal import Entry
from counterpart.world import World


def put(world: World, request: Request) -> Response:
    if (refusal := _check(world, request)) is not None:
        return refusal
    wanted = request.json()
    receiver = wanted.get("receiver") or {}
    if BAD_PLACE in receiver.get("detail", "") or not receiver.get("detail"):
        return answer({"code": "unserved_area", "message": "该地区暂不派送"}, 422)
    known = request.parts["reference"] in world.waybills
    entry = world.issue(request.parts["reference"], wanted.get("carrier", "JD"), receiver, "generic")
    return answer(_shown(entry), 200 if known else 201)


def get(world: World, request: Request) -> Response:
    if (refusal := _check(world, request)) is not None:
        return refusal
    entry = world.waybills.get(request.parts["reference"])
    return answer(_shown(entry)) if entry else answer({"code": "not_found", "message": "unknown reference"}, 404)


def delete(world: World, request: Request) -> Response:
    if (refusal := _check(world, request)) is not None:
        return refusal
    return Response(204) if world.cancel(request.parts["reference"]) else answer({"code": "not_found"}, 404)


ROUTES = [
    route(method, r"/waybills/(?P<reference>[^/]+)", handle)
    for method, handle in (("PUT", put), ("GET", get), ("DELETE", delete))
]


def _shown(entry: Entry) -> dict[str, object]:
    return {name: entry[name] for name in ("reference", "carrier", "waybill_no", "sort_code", "package_center")}


def _check(world: World, request: Request) -> Response | None:
    path = f"/waybills/{quote(request.parts['reference'], safe='')}"
    signed = f"{request.headers.get('x-timestamp', '')}.{request.method}.{path}.".encode() + request.body
    wanted = base64.b64encode(hmac.digest(keys.PLAIN_SECRET.encode(), signed, "sha256")).decode()
    if hmac.compare_digest(wanted, request.headers.get("x-signature", "")):
        return None
    world.refuse(request.path, "x-signature")
    return answer({"code": "bad_signature", "message": "the signature does not match"}, 401)
