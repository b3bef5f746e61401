"""Every request has an id and an actor; every response has its security headers."""

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import Resolver404, get_resolver
from django.utils import translation

from core.context import acting, current

GetResponse = Callable[[HttpRequest], HttpResponse]
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")

# Everything comes from ourselves; nothing inline. The admin theme and the API explorer bring inline scripts and
# evaluated expressions of their own, so these two paths get a looser policy.
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


class DoorMiddleware:
    """Platforms and carriers push thousands of messages a second: what has an address in `DOOR_URLCONF` goes straight
    to its view. Such a caller has a signature; session, language, forms and pages are nothing to it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response, self.resolver = get_response, get_resolver(settings.DOOR_URLCONF)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            match = self.resolver.resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        request.resolver_match = match
        response: HttpResponse = match.func(request, *match.args, **match.kwargs)
        response.headers["Content-Length"] = str(len(response.content))
        return response


class LanguageMiddleware(LocaleMiddleware):
    """Chinese unless the user switched: a warehouse's browser was often set up in another language. The API goes by
    `Accept-Language` like any other."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path.startswith("/api/"):
            super().process_request(request)
            return
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language


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
    """The outermost one, so that redirects and refusals of the others carry the headers too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        policy = LOOSE if request.path.startswith(LOOSE_PATHS) else STRICT
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response
