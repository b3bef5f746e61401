from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class Requires(BasePermission):
    """The view's `read_permission` for safe methods, its `write_permission` for the others (core.permissions)."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if getattr(view, "action", "") is None:
            return True  # no such method here, which is what the caller should hear
        code = view.read_permission if request.method in {"GET", "HEAD", "OPTIONS"} else view.write_permission
        return bool(code) and request.user.has_perm(f"core.{code}")
