"""How WooCommerce's deliveries are told apart; it looks only at the status code of the answer."""

from urllib.parse import parse_qs

from integrations.channels.adapter import Answer, Outcome, Push, plain_answer
from integrations.channels.signatures import bounded, digest_key


def handshake(push: Push) -> Answer | None:
    """On saving a webhook WooCommerce posts `webhook_id=N` as a form, unsigned and without a topic, and wants a 200."""
    if push.headers.get("x-wc-webhook-topic") or not push.body.startswith(b"webhook_id=") or len(push.body) > 40:
        return None
    fields = parse_qs(push.body.decode("ascii", "replace"))
    return plain_answer(Outcome.STORED) if list(fields) == ["webhook_id"] else None


def delivery_key(push: Push) -> str:
    """Topic, webhook and body. The delivery id alone will not do: it is a hash of the webhook's id and the current
    second (`WC_Webhook::get_new_delivery_id`), the same for two orders saved together; and there are no retries."""
    webhook_id = push.headers.get("x-wc-webhook-id", "").strip()[:40]
    return bounded(f"{_topic(push)}:{webhook_id}:{digest_key(push.body)}")


def context(push: Push) -> dict[str, str]:
    return {"topic": _topic(push)}


def _topic(push: Push) -> str:
    return push.headers.get("x-wc-webhook-topic", "").strip()[:80]
