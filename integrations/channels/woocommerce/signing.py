"""WooCommerce's webhook signature: base64 HMAC-SHA256 of the raw body under the webhook's own secret; no time in it."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import md5

from integrations.channels.adapter import Push
from integrations.channels.purchases import Message
from integrations.channels.signatures import check_any, hmac_base64, require, require_secrets

HEADER = "x-wc-webhook-signature"


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless the header fits one of `secrets`."""
    require_secrets(secrets)
    given = require(push.headers.get(HEADER), HEADER)
    check_any(given, [hmac_base64(secret, push.body) for secret in secrets if secret])


def sign(message: Message, secret: str, now: datetime) -> Push:
    """The delivery WooCommerce would make of `message`."""
    resource, _, event = message.topic.partition(".")
    headers = {
        "content-type": "application/json",
        "user-agent": "WooCommerce/9.4.2 Hookshot (WordPress/6.7)",
        "x-wc-webhook-source": "https://shop.example/",
        "x-wc-webhook-topic": message.topic,
        "x-wc-webhook-resource": resource,
        "x-wc-webhook-event": event,
        HEADER: hmac_base64(secret, message.body),
        "x-wc-webhook-id": "7",
        # WooCommerce hashes the webhook's id with the *second*, so two orders may share a delivery id
        "x-wc-webhook-delivery-id": md5(f"7{int(now.timestamp())}".encode(), usedforsecurity=False).hexdigest(),
    }
    return Push(message.body, headers)
