"""How Standard Webhooks deliveries are told apart; senders look only at the status code of the answer."""

from integrations.channels.adapter import Push
from integrations.channels.signatures import bounded


def delivery_key(push: Push) -> str:
    """`webhook-id`, unchanged on retries while the timestamp is issued anew."""
    return bounded(push.headers["webhook-id"])


def context(push: Push) -> dict[str, str]:
    """Nothing beside the body is needed: its `type` says what it is."""
    return {}
