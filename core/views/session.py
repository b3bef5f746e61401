"""Logging in and out."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.utils.translation import gettext_lazy as _

from core.permissions import ROLES


class Login(LoginView):
    """Username and password; in the demo, the logins are on the page."""

    template_name = "core/login.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demo = getattr(settings, "DEMO", False)
        return super().get_context_data(**kwargs, demo_roles=list(ROLES) if demo else [], page_title=_("Log in"))


class Logout(LogoutView):
    next_page = "core:login"
