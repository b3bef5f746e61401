"""How 快递100 signs, is told apart and is answered (protocol facts: apifox project-514987 api-8568518, api-8575995)."""

import json
from collections.abc import Sequence
from datetime import datetime

from integrations.carriers import forms
from integrations.channels.adapter import STATUS_OF, Answer, BadSignature, Outcome, Push
from integrations.channels.signatures import check_any, digest_key, md5_upper, require, require_secrets

FIELD = "param"


def sign(param: str, salt: str) -> str:
    """MD5(param + salt), upper-case hex, over `param` as the form decodes it: never over re-serialised JSON."""
    return md5_upper((param + salt).encode())


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless `sign` fits one of the salts given on subscribing. The push carries no time, so `now`
    is not looked at: a replayed push only repeats scans we have."""
    require_secrets(secrets)
    found = _form(push)
    given = require(found.get("sign"), "sign").upper()
    check_any(given, [sign(found.get(FIELD, ""), salt) for salt in secrets if salt])


def delivery_key(push: Push) -> str:
    """快递100 numbers nothing and repeats an unanswered push as it was: its content is the key."""
    return digest_key(forms.field(push.body, FIELD))


def probe(body: bytes) -> None:
    forms.inner(body, FIELD)


def answer(outcome: Outcome, push: Push | None, now: datetime) -> Answer:
    """Anything but `returnCode` 200 is pushed again about every 30 minutes."""
    done = outcome is Outcome.STORED
    said = {
        "result": done,
        "returnCode": "200" if done else "500",
        "message": "成功" if done else outcome.value,
    }
    return Answer(STATUS_OF[outcome], json.dumps(said, ensure_ascii=False).encode())


def _form(push: Push) -> dict[str, str]:
    if forms.is_document(push.body):
        raise BadSignature("not a signed form", code="signature_missing")
    return forms.signed_fields(push.body)
