"""How 顺丰's route push is checked, told apart and answered.

No public document describes a signature on the route push: partners protect it with a secret in the callback address
that they register with 顺丰. So do we: `…/hooks/carriers/sf/?token=<secret>` (or the header `x-callback-token`).
"""

import json
from collections.abc import Sequence
from datetime import datetime

from integrations.carriers.sf import envelope
from integrations.channels.adapter import STATUS_OF, Answer, Outcome, Push
from integrations.channels.signatures import check_any, digest_key, require, require_secrets

_AGAIN, _DONE = "1000", "0000"


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless the callback address carries one of the secrets."""
    require_secrets(secrets)
    given = require(push.query.get("token") or push.headers.get("x-callback-token"), "token")
    check_any(given, [secret for secret in secrets if secret])


def delivery_key(push: Push) -> str:
    """A repeated push is the same text; 顺丰's own `id`s are per scan and dedupe later."""
    return digest_key(push.body)


def probe(body: bytes) -> None:
    envelope.document(body)


def answer(outcome: Outcome, push: Push | None, now: datetime) -> Answer:
    """`return_code` 0000; anything else is pushed again."""
    done = outcome is Outcome.STORED
    said = {"return_code": _DONE if done else _AGAIN, "return_msg": "成功" if done else outcome.value}
    return Answer(STATUS_OF[outcome], json.dumps(said, ensure_ascii=False).encode())
