"""Douyin's signatures: pushes carry `event-sign` over app key, raw body and app secret; calls sign their parameters.

The push's rule is from the platform's description of its message service and not confirmed on a captured one. It signs
no time, so there is no window to keep.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from integrations.channels.adapter import BadSignature, Push
from integrations.channels.fields import CHINA
from integrations.channels.purchases import Message
from integrations.channels.signatures import check_any, require, require_secrets

HEADER = "event-sign"
_DEMO_APP_KEY = "7000000000000000000"


def event_sign(app_key: str, body: bytes, secret: str, method: str = "hmac-sha256") -> str:
    """Lower-case hex of `app_key + body + secret`: HMAC-SHA256 under the secret, or MD5."""
    text = app_key.encode() + body + secret.encode()
    if method == "md5":
        return hashlib.md5(text, usedforsecurity=False).hexdigest()  # the platform's choice, not ours
    if method == "hmac-sha256":
        return hmac.digest(secret.encode(), text, "sha256").hex()
    raise BadSignature(f"unknown sign-method {method[:20]!r}")


def call_sign(params: Mapping[str, str], secret: str) -> str:
    """HMAC-SHA256 of a call: secret + k1v1k2v2… of app_key, method, param_json, timestamp and v + secret."""
    names = ("app_key", "method", "param_json", "timestamp", "v")
    text = secret + "".join(name + params[name] for name in names) + secret
    return hmac.digest(secret.encode(), text.encode(), "sha256").hex()


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless `event-sign` fits one of `secrets`."""
    require_secrets(secrets)
    given = require(push.headers.get(HEADER), HEADER).lower()
    app_key, method = push.headers.get("app-id", ""), push.headers.get("sign-method", "md5").lower()
    check_any(given, [event_sign(app_key, push.body, secret, method) for secret in secrets if secret])


def format_time(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y-%m-%d %H:%M:%S")


def sign(message: Message, secret: str, now: datetime) -> Push:
    """The push the platform would make of `message`."""
    headers = {
        "content-type": "application/json;charset=utf-8",
        "app-id": _DEMO_APP_KEY,
        "sign-method": "hmac-sha256",
        HEADER: event_sign(_DEMO_APP_KEY, message.body, secret),
    }
    return Push(message.body, headers)
