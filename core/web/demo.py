"""The demo's logins. The demo business is made further up, so settings name its constants."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils.module_loading import import_string


def is_demo() -> bool:
    return bool(_setting("DEMO_LOGINS"))


def logins() -> list[tuple[str, str]]:
    """`(username, name)` of the demo users that exist; none outside the demo."""
    if not is_demo():
        return []
    names = dict(import_string(_setting("DEMO_LOGINS")))
    there = set(get_user_model().objects.filter(username__in=names, is_active=True).values_list("username", flat=True))
    return [(username, name) for username, name in names.items() if username in there]


def password() -> str:
    return str(import_string(_setting("DEMO_PASSWORD"))) if is_demo() else ""


def _setting(name: str) -> str:
    return getattr(settings, name, "")
