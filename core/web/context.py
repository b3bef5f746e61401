"""What every page needs."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.permissions import ROLES
from core.web import nav


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, the user's role, and whether this is the demo."""
    user = getattr(request, "user", None)
    known = user is not None and user.is_authenticated
    return {
        "nav": nav.visible_to(user, request.path) if known else [],
        "role": next((g.name for g in user.groups.all() if g.name in ROLES), "") if known else "",
        "demo": getattr(settings, "DEMO", False),
    }
