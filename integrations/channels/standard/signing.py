"""Standard Webhooks (standard-webhooks/spec): HMAC-SHA256 over `{id}.{timestamp}.{raw body}`.

Written out rather than taken from the `standardwebhooks` package: that one reads the clock itself, takes a single
secret and parses the body with a lax reader. The specification's own vectors are in the tests.
"""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from integrations.channels.adapter import BadSignature, Push
from integrations.channels.purchases import Message
from integrations.channels.signatures import check_any, check_window, hmac_base64, require

WINDOW = timedelta(minutes=5)
_PREFIX = "whsec_"
_VERSION = "v1,"


def secret_key(secret: str) -> bytes:
    """The key bytes of a `whsec_…` secret (the prefix is optional); raises ValueError for one that is not base64."""
    raw = secret.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(raw, validate=True)
    except binascii.Error as exc:
        raise ValueError("a Standard Webhooks secret is base64") from exc
    if not key:
        raise ValueError("a Standard Webhooks secret must not be empty")
    return key


def standard_sign(message_id: str, timestamp: int, body: bytes, secret: str) -> str:
    """One `v1,<base64>` signature."""
    return _VERSION + hmac_base64(secret_key(secret), f"{message_id}.{timestamp}.".encode() + body)


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless any `v1` signature fits any of `secrets` and the timestamp is within five minutes.

    Asymmetric `v1a` and unknown versions in the list are passed over, as the specification asks.
    """
    message_id = require(push.headers.get("webhook-id"), "webhook-id")
    stamp = require(push.headers.get("webhook-timestamp"), "webhook-timestamp")
    listed = require(push.headers.get("webhook-signature"), "webhook-signature")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        raise BadSignature("webhook-timestamp is no number of seconds", code="timestamp_missing")
    usable = [secret for secret in secrets if _is_usable(secret)]
    if not usable:
        raise BadSignature("the shop has no live secret", code="no_secret")
    offers = [offer for offer in listed.split(" ") if offer.startswith(_VERSION)]
    check_any(offers, [standard_sign(message_id, int(stamp), push.body, secret) for secret in usable])
    check_window(datetime.fromtimestamp(int(stamp), UTC), now, WINDOW)


def _is_usable(secret: str) -> bool:
    try:
        secret_key(secret)
    except ValueError:
        return False
    return True


def sign(message: Message, secret: str, now: datetime) -> Push:
    """The delivery a Standard Webhooks sender would make of `message`."""
    stamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": message.delivery_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": standard_sign(message.delivery_id, stamp, message.body, secret),
    }
    return Push(message.body, headers)
