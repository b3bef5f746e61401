"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from core.web.redirects import go_to

View = Callable[..., HttpResponse]


def requires(*codes: str) -> Callable[[View], View]:
    """The user must be logged in and hold every permission of `codes` (of core.permissions). Otherwise: the login
    page for a stranger, 403 for somebody we know."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return refusal(request, codes) or view(request, *args, **kwargs)

        guarded.required_permissions = codes  # type: ignore[attr-defined]
        return guarded

    return decorate


def user_id(request: HttpRequest) -> int:
    """Who is logged in, on a page that requires it."""
    assert request.user.pk is not None
    return int(request.user.pk)


def refusal(request: HttpRequest, codes: tuple[str, ...]) -> HttpResponse | None:
    """The way to the login page for a stranger, None for whoever holds every permission of `codes`; raises
    PermissionDenied for anybody else."""
    if not request.user.is_authenticated:
        # A fragment is no page to come back to: the page that asked for it is.
        asked_from = urlsplit(request.headers.get("HX-Current-URL", ""))
        page = f"{asked_from.path}?{asked_from.query}" if asked_from.path else request.get_full_path()
        return go_to(request, redirect_to_login(page).url)
    if not request.user.has_perms([f"core.{code}" for code in codes]):
        raise PermissionDenied
    return None
