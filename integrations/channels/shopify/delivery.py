"""How Shopify's deliveries are told apart; it looks only at the status code of the answer."""

from integrations.channels.adapter import Push
from integrations.channels.signatures import bounded, digest_key


def delivery_key(push: Push) -> str:
    """Topic and `X-Shopify-Webhook-Id`, which stays the same on every retry of one delivery."""
    webhook_id = push.headers.get("x-shopify-webhook-id", "").strip()
    return bounded(f"{_topic(push)}:{webhook_id or digest_key(push.body)}")


def context(push: Push) -> dict[str, str]:
    return {"topic": _topic(push)}


def _topic(push: Push) -> str:
    return push.headers.get("x-shopify-topic", "").strip()[:80]
