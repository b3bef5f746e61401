"""How 快递鸟 signs, is told apart and is answered (apifox docs-site/2538027 doc-2283185)."""

import base64
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import unquote, unquote_plus

from core.errors import Unreadable
from integrations.carriers import forms
from integrations.carriers.times import local_time
from integrations.channels.adapter import STATUS_OF, Answer, BadSignature, Outcome, Push
from integrations.channels.fields import mapping, text
from integrations.channels.signatures import check_any, digest_key, require, require_secrets

FIELD = "RequestData"


def sign(request_data: str, app_key: str) -> str:
    """base64 of the lower-case *hex text* of MD5(RequestData + AppKey)."""
    hexed = hashlib.md5((request_data + app_key).encode(), usedforsecurity=False).hexdigest()
    return base64.b64encode(hexed.encode()).decode()


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless `DataSign` fits one of the app keys. Some of its senders encode both fields twice, so
    the text one decoding further counts too. `PushTime` is not checked: pushes are repeated hours later unchanged."""
    require_secrets(secrets)
    if forms.is_document(push.body):
        raise BadSignature("not a signed form", code="signature_missing")
    found = forms.signed_fields(push.body)
    given = require(found.get("DataSign"), "DataSign")
    data = found.get(FIELD, "")
    offers = [given.replace(" ", "+"), unquote(given)]
    check_any(offers, [sign(form, key) for form in (data, unquote_plus(data)) for key in secrets if key])


def delivery_key(push: Push) -> str:
    """快递鸟 numbers no push; a repeated one is the same text, a renewed one is another delivery of known scans."""
    return digest_key(forms.field(push.body, FIELD))


def probe(body: bytes) -> None:
    forms.inner(body, FIELD)


def answer(outcome: Outcome, push: Push | None, now: datetime) -> Answer:
    """`Success` false (or no answer) is pushed again; the account number is echoed."""
    done = outcome is Outcome.STORED
    said = {
        "EBusinessID": _account(push) if push else "",
        "UpdateTime": local_time(now),
        "Success": done,
        "Reason": "" if done else outcome.value,
    }
    return Answer(STATUS_OF[outcome], json.dumps(said).encode())


def _account(push: Push) -> str:
    try:
        return text(mapping(forms.inner(push.body, FIELD).value).get("EBusinessID"))[:40]
    except Unreadable:
        return ""
