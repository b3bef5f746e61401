"""Every request has an id and an actor; every response has its security headers."""

import re
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from core.context import acting, current

GetResponse = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

# Everything comes from ourselves; nothing inline. The admin theme and the API explorer bring inline styles and
# evaluated expressions of their own, so these two get a looser policy, for logged-in staff only.
STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; object-src 'none';"
    " base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
LOOSE = STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
LOOSE_PATHS = ("/admin/", "/api/v1/docs/")


class RequestIdMiddleware:
    """Takes the caller's `X-Request-Id` if it is a plain one, answers with it, and signs events with the user."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if _SAFE_ID.fullmatch(given) else uuid.uuid4().hex
        with acting("anonymous", request_id, request.META.get("REMOTE_ADDR")):
            response = self.get_response(request)
        response["X-Request-Id"] = request_id
        return response


class ActorMiddleware:
    """After authentication: what this request appends is signed by its user."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        context = current()
        with acting(f"user:{request.user.get_username()}", context.request_id, context.ip):
            return self.get_response(request)


class SecurityHeadersMiddleware:
    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = LOOSE if request.path.startswith(LOOSE_PATHS) else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
