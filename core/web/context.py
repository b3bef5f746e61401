"""What every page needs."""

from typing import Any

from django.http import HttpRequest

from core.permissions import ROLE_LABELS
from core.web import nav
from core.web.demo import is_demo
from core.web.htmx import wants_fragment


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, the user's role, and whether this is the demo. A fragment has no shell around it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or wants_fragment(request):
        return {"demo": is_demo()}
    roles = user.groups.values_list("name", flat=True)
    return {
        "nav": nav.groups(user, request.path),
        "role": next((ROLE_LABELS[name] for name in roles if name in ROLE_LABELS), ""),
        "demo": is_demo(),
    }
