"""Credentials of other systems."""

import hashlib
import secrets

from django.contrib.auth.models import User

from core.models import SystemToken
from core.services import audit


def digest(secret: str) -> str:
    """What is stored of a token: it is 32 random bytes, so one SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue(name: str, user: User) -> tuple[str, SystemToken]:
    """Make a token for `user`; the secret is shown once and stored nowhere."""
    secret = secrets.token_urlsafe(32)
    token = SystemToken.objects.create(name=name, user=user, digest=digest(secret))
    audit.record("token.issue", f"core.token:{token.pk}", reason=name)
    return secret, token
