"""The picker's page: one thing at a time. Works with a gun, a phone, a keyboard, and without JavaScript."""

import uuid as uuids
from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.web.access import requires
from fulfillment.domain.codes import clean
from fulfillment.models import PickTask
from fulfillment.selectors import floor
from fulfillment.services import picking, shorts
from fulfillment.services.picking import Verdict

Act = Callable[[PickTask, UUID], Verdict]


@requires("pick")
def pick_page(request: HttpRequest) -> HttpResponse:
    """The user's walk, claimed if there is one to claim."""
    return _page(request, picking.claim(request.user.pk or 0, floor.warehouses_of(request.user)))


def _page(request: HttpRequest, task: PickTask | None, verdict: Verdict | None = None) -> HttpResponse:
    line = picking.next_line(task.pk) if task else None
    context = {
        "task": task,
        "line": line,
        "verdict": verdict,
        "ids": {act: uuids.uuid4() for act in ("scan", "undo", "short", "skip")},
        "at_bin": line is not None and picking.at_bin(line),
        "left": floor.units_here(line) if line else 0,
        "progress": floor.progress(task) if task else None,
        "returns": floor.to_put_back(task) if task else [],
    }
    partial = request.headers.get("HX-Request") == "true"
    return render(request, "fulfillment/_pick.html" if partial else "fulfillment/pick.html", context)


def _act(request: HttpRequest, task_id: int, act: Act) -> HttpResponse:
    task = floor.task_of(request.user, task_id)
    if task is None:
        raise Http404
    try:
        verdict = act(task, client_uuid(request))
    except OneRopeError as exc:
        verdict = Verdict(exc.code, "wrong", str(exc.message))
    return _page(request, task, verdict)


def client_uuid(request: HttpRequest) -> UUID:
    """The act's own id, made by the client, so that a repeated request is the same act."""
    try:
        return UUID(request.POST.get("uuid", ""))
    except ValueError:
        return uuids.uuid4()


# Printed on a card beside the gun: what the buttons do, without touching the screen.
CARD = {"C-UNDO": "undo", "C-LATER": "skip", "C-SHORT": "short"}


@requires("pick")
@require_POST
def scan(request: HttpRequest, task_id: int) -> HttpResponse:
    raw = request.POST.get("code", "")
    command = CARD.get(clean(raw))
    if command is None:
        return _act(request, task_id, lambda task, uuid: picking.scan(task.pk, raw, uuid, request.user.pk))
    if command == "undo":
        return undo(request, task_id)
    line = picking.next_line(task_id)
    if line is None:
        return _act(request, task_id, lambda _task, _uuid: picking.say("done"))
    return (skip if command == "skip" else short)(request, task_id, line.pk)


@requires("pick")
@require_POST
def undo(request: HttpRequest, task_id: int) -> HttpResponse:
    return _act(request, task_id, lambda task, uuid: picking.undo(task.pk, uuid, request.user.pk))


@requires("pick")
@require_POST
def skip(request: HttpRequest, task_id: int, line_id: int) -> HttpResponse:
    return _act(request, task_id, lambda task, uuid: picking.skip(task.pk, line_id, uuid, request.user.pk))


@requires("pick")
@require_POST
def short(request: HttpRequest, task_id: int, line_id: int) -> HttpResponse:
    def note(task: PickTask, uuid: UUID) -> Verdict:
        if not task.lines.filter(pk=line_id).exists():
            raise Http404
        return shorts.short(line_id, uuid, request.user.pk)

    return _act(request, task_id, note)
