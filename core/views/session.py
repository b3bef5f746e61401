"""Logging in and out."""

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core.permissions import ROLE_LABELS
from core.web import demo


class Login(LoginView):
    """Username and password; in the demo, one button per role."""

    template_name = "core/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        logins = [(name, ROLE_LABELS.get(name, ""), person) for name, person in demo.logins()]
        return super().get_context_data(
            **kwargs, demo_logins=logins, demo_password=demo.password(), page_title=_("Log in")
        )


class Logout(LogoutView):
    next_page = "core:login"


def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no login page of its own. Whoever is logged in and is sent here is not of its staff."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
