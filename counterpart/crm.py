"""The CRM: takes customer nodes, once per webhook id."""

from counterpart import keys, webhooks
from counterpart.http import Request, Response, answer, route
from counterpart.world import World


def receive(world: World, request: Request) -> Response:
    if wrong := webhooks.problem(request, [keys.CRM_SECRET]):
        world.refuse(request.path, wrong)
        return answer({"code": f"bad_{wrong}"}, 401)
    world.hear(request.headers["webhook-id"], request.json())
    return Response(204)


ROUTES = [route("POST", r"/crm/events", receive)]
