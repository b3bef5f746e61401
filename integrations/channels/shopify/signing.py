"""Shopify's webhook signature: base64 HMAC-SHA256 of the raw body under the app's client secret.

No time is signed (`X-Shopify-Triggered-At` is a plain header), so there is no window to keep; replays are harmless
because a body we have seen changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from integrations.channels.adapter import Push
from integrations.channels.purchases import Message
from integrations.channels.signatures import check_any, hmac_base64, require, require_secrets

HEADER = "x-shopify-hmac-sha256"


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless the header fits one of `secrets`; a rotated secret may still sign for an hour."""
    require_secrets(secrets)
    given = require(push.headers.get(HEADER), HEADER)
    check_any(given, [hmac_base64(secret, push.body) for secret in secrets if secret])


def sign(message: Message, secret: str, now: datetime) -> Push:
    """The delivery Shopify would make of `message`."""
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": message.topic,
        HEADER: hmac_base64(secret, message.body),
        "x-shopify-shop-domain": "example-shop.myshopify.com",
        "x-shopify-api-version": "2025-01",
        "x-shopify-webhook-id": message.delivery_id,
        "x-shopify-event-id": f"ev-{message.delivery_id}",
        "x-shopify-triggered-at": now.isoformat(),
    }
    return Push(message.body, headers)
