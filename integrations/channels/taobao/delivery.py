"""How Taobao's pushes are told apart and answered."""

import json

from integrations.channels.adapter import STATUS_OF, Answer, Outcome, Push
from integrations.channels.signatures import digest_key

_FAILURES = {
    Outcome.BAD_SIGNATURE: ("sign-check-failure", "Illegal request"),
    Outcome.UNREADABLE: ("unreadable-body", "The body could not be read"),
    Outcome.TOO_LARGE: ("body-too-large", "The body is too large"),
    Outcome.UNKNOWN_SHOP: ("unknown-shop", "No such shop"),
    Outcome.UNAVAILABLE: ("service-unavailable", "Please send again"),
}


def delivery_key(push: Push) -> str:
    """奇门 numbers nothing and signs each retry anew: the body itself is the key."""
    return digest_key(push.body)


def context(push: Push) -> dict[str, str]:
    return {"topic": push.query.get("method", "")[:80]}


def answer(outcome: Outcome) -> Answer:
    """奇门 reads `flag`; a failed check must say `sign-check-failure`."""
    sub_code, sub_message = _FAILURES.get(outcome, ("", ""))
    flag = "failure" if sub_code else "success"
    said = {"flag": flag, "code": "" if sub_code else "0", "sub_code": sub_code, "sub_message": sub_message}
    return Answer(STATUS_OF[outcome], json.dumps(said).encode())
