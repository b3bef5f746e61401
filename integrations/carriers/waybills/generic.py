"""Carriers without an interface of their own, and our local counterpart: plain JSON, keyed by our reference.

`PUT /waybills/{reference}` creates or returns, `GET` looks up (404: never asked), `DELETE` gives back. Every call is
signed: `x-signature` = base64(HMAC-SHA256(secret, "{timestamp}.{method}.{path}.{body}")), `x-timestamp` in seconds.
"""

import base64
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from urllib.parse import quote

from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant, WaybillRequest
from integrations.carriers.waybills.office import NOT_FOUND, Account, Answer, Office, said
from integrations.channels.fields import Row, text
from integrations.http import Call, Reply


def ask(requests: Sequence[WaybillRequest], account: Account, now: datetime) -> Call:
    (request,) = requests
    wanted = {name: value for name, value in asdict(request).items() if name != "reference"}
    return _call("PUT", request.reference, json.dumps(wanted, ensure_ascii=False).encode(), account, now)


def granted(requests: Sequence[WaybillRequest], reply: Reply) -> list[Answer]:
    return [_answer(requests[0].reference, requests[0].carrier, reply)]


def look_up(request: WaybillRequest, account: Account, now: datetime) -> Call:
    return _call("GET", request.reference, b"", account, now)


def found(request: WaybillRequest, reply: Reply) -> Answer:
    if reply.status == 404:
        return CarrierRefusal(NOT_FOUND, "the reference is unknown")
    answer = _answer(request.reference, request.carrier, reply)
    return CarrierUnknown(str(answer)) if isinstance(answer, CarrierRefusal) else answer


def withdraw(grant: WaybillGrant, account: Account, now: datetime) -> Call:
    return _call("DELETE", grant.reference, b"", account, now)


def withdrawn(grant: WaybillGrant, reply: Reply) -> CarrierRefusal | CarrierUnknown | None:
    if reply.status in (200, 204, 404, 410):
        return None
    try:
        return _refusal(reply.status, said(reply))
    except CarrierUnknown as exc:
        return exc


def _answer(reference: str, carrier: str, reply: Reply) -> Answer:
    try:
        answer = said(reply)
    except CarrierUnknown as exc:
        return exc
    if reply.status not in (200, 201):
        return _refusal(reply.status, answer)
    number = text(answer.get("waybill_no"))
    if not number:
        return CarrierUnknown("accepted without a number")
    return WaybillGrant(reference, carrier, number, text(answer.get("sort_code")), text(answer.get("package_center")))


def _refusal(status: int, answer: Row) -> CarrierRefusal:
    return CarrierRefusal(text(answer.get("code")) or str(status), text(answer.get("message")))


def _call(method: str, reference: str, body: bytes, account: Account, now: datetime) -> Call:
    path, stamp = f"/waybills/{quote(reference, safe='')}", str(int(now.timestamp()))
    signed = f"{stamp}.{method}.{path}.".encode() + body
    signature = base64.b64encode(hmac.digest(account.secret.encode(), signed, "sha256")).decode()
    headers = {
        "content-type": "application/json",
        "x-partner": account.partner,
        "x-timestamp": stamp,
        "x-signature": signature,
    }
    return Call(method, path, body, headers)


OFFICE = Office("generic", 1, ask, granted, look_up, found, withdraw, withdrawn)
