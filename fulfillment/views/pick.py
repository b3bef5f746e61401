"""The picker's page: one thing at a time. Works with a gun, a phone, a keyboard, and without JavaScript."""

import uuid as uuids
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.web.access import requires
from fulfillment.models import PickLine, PickTask
from fulfillment.selectors import floor
from fulfillment.services import picking


@requires("pick")
def pick_page(request: HttpRequest) -> HttpResponse:
    """The user's walk, claimed if there is one to claim."""
    task = picking.claim(request.user.pk or 0, floor.warehouses_of(request.user))
    return _page(request, task)


def _page(request: HttpRequest, task: PickTask | None, verdict: Any = None) -> HttpResponse:
    line = picking.next_line(task.pk) if task else None
    done = total = 0
    if task:
        states = list(PickLine.objects.filter(task=task).values_list("state", flat=True))
        total, done = len(states), sum(state != "open" for state in states)
    context = {
        "task": task, "line": line, "verdict": verdict, "uuid": uuids.uuid4(), "done": done, "total": total,
        "bin_seen": line is not None and line.pickscan_set.filter(verdict="bin").exists(),
        "left": line.qty - line.picked_qty if line else 0,
    }  # fmt: skip
    template = "fulfillment/_pick.html" if request.headers.get("HX-Request") == "true" else "fulfillment/pick.html"
    return render(request, template, context)


def _act(request: HttpRequest, task_id: int, act: Callable[[PickTask, UUID], Any]) -> HttpResponse:
    task = floor.task_of(request.user, task_id)
    if task is None:
        raise Http404
    return _page(request, task, act(task, client_uuid(request)))


def client_uuid(request: HttpRequest) -> UUID:
    """The scan's own id, made by the client, so that a repeated request is the same scan."""
    try:
        return UUID(request.POST.get("uuid", ""))
    except ValueError:
        return uuids.uuid4()


@requires("pick")
@require_POST
def scan(request: HttpRequest, task_id: int) -> HttpResponse:
    code = request.POST.get("code", "").strip()
    return _act(request, task_id, lambda task, uuid: picking.scan(task.pk, code, uuid, request.user.pk))


@requires("pick")
@require_POST
def undo(request: HttpRequest, task_id: int) -> HttpResponse:
    return _act(request, task_id, lambda task, uuid: picking.undo(task.pk, uuid, request.user.pk))


@requires("pick")
@require_POST
def short(request: HttpRequest, task_id: int, line_id: int) -> HttpResponse:
    def note(task: PickTask, uuid: UUID) -> Any:
        if not PickLine.objects.filter(pk=line_id, task=task).exists():
            raise Http404
        return picking.short(line_id, uuid, request.user.pk)

    return _act(request, task_id, note)
