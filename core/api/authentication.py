"""`Authorization: Token <secret>`: another system, acting within its user's permissions and scope."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.context import sign
from core.models import SystemToken
from core.services.tokens import digest

KEYWORD = b"token"
USED_EVERY = timedelta(minutes=5)


class SystemTokenAuthentication(BaseAuthentication):
    """Bearer of a SystemToken; a request without the header falls through to the session."""

    def authenticate(self, request: Request) -> tuple[User, SystemToken] | None:
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != KEYWORD:
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("The token header is malformed."), code="bad_token")
        token = (
            SystemToken.objects.select_related("user")
            .filter(digest=digest(parts[1].decode("latin-1")), is_active=True, user__is_active=True)
            .first()
        )
        if token is None:
            raise AuthenticationFailed(_("This token is not known."), code="bad_token")
        # Not at every request: a write's transaction would hold the row, and all writes of a system would queue on it.
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - USED_EVERY)
        SystemToken.objects.filter(stale, pk=token.pk).update(last_used_at=Now())
        sign(f"system:{token.name}")
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class SystemTokenScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names the header."""

    target_class = SystemTokenAuthentication
    name = "systemToken"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "Token <secret>"}
