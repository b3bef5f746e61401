"""Who may open a page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def requires(*codes: str) -> Callable[[View], View]:
    """The user must be logged in and hold every permission of `codes` (of core.permissions). Otherwise: the login
    page for a stranger, 403 for somebody we know."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not request.user.has_perms([f"core.{code}" for code in codes]):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.required_permissions = codes  # type: ignore[attr-defined]
        return guarded

    return decorate
