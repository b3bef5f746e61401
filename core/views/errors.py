"""What somebody sees when it went wrong: a page for people, the API's error shape for machines."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from core.context import current

MACHINE_PATHS = ("/api/", "/hooks/")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_machine(request):
        return _shape(400, "bad_request", _("The request cannot be read."))
    return _plain(400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_machine(request):
        return _shape(403, "forbidden", _("You do not have permission for this."))
    return defaults.permission_denied(request, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if _by_machine(request):
        return _shape(404, "not_found", _("There is nothing here."))
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Says the request's id, by which the log tells what happened; asks neither the database nor the session."""
    if _by_machine(request):
        return _shape(500, "server_error", _("Something went wrong; it is recorded."))
    return _plain(500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open for too long, or cookies switched off."""
    return render(request, "403_csrf.html", status=403)


def _by_machine(request: HttpRequest) -> bool:
    return request.path.startswith(MACHINE_PATHS)


def _plain(status: int) -> HttpResponse:
    context: dict[str, Any] = {"request_id": current().request_id}
    return HttpResponse(render_to_string(f"{status}.html", context), status=status)


def _shape(status: int, code: str, message: str) -> JsonResponse:
    body = {"code": code, "message": message, "fields": {}, "request_id": current().request_id}
    return JsonResponse(body, status=status)
