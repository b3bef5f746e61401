"""Telling the CRM what a customer may hear: Standard Webhooks (standard-webhooks/spec), outbound."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

from fulfillment.domain.carriage import CustomerNode
from integrations.channels.standard.signing import standard_sign
from integrations.http import Call, ForbiddenHost, NoReply, Reply, check_host, send

EVENT_TYPES = {
    CustomerNode.PICKED_UP: "shipment.picked_up",
    CustomerNode.DELIVERED: "shipment.delivered",
    CustomerNode.EXCEPTION: "shipment.exception",
}
_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")  # the signed text joins id, time and body with dots
_LARGEST = 20_000  # bytes the specification asks to stay below
_LONGEST_WAIT = 86_400  # s
_GONE = 410
_POINTLESS = (400, 404, 405, 413, 414, 415, 422)  # the same bytes will be refused again


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to push, the live secrets (`whsec_…`; two while one is being replaced, each signs) and the hosts that may
    be called at all."""

    url: str
    secrets: tuple[str, ...]
    allowed_hosts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Push:
    """One fact for the CRM. `event_id` is the same on every attempt: the receiver dedupes by it. `data` holds no name,
    phone or address."""

    event_id: str
    type: str
    occurred_at: datetime
    data: Mapping[str, Any]


class Kind(StrEnum):
    OK = "ok"
    TRANSIENT = "transient"  # try again, not before `retry_after`
    PERMANENT = "permanent"  # never again as it is: a person must look


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt. `code` is stable: an HTTP status, `no_answer`, `forbidden_host` or `bad_message`;
    `retry_after` is seconds when the receiver asked for a pause."""

    kind: Kind
    code: str
    message: str = ""
    retry_after: int | None = None


def push(event: Push, endpoint: Endpoint, now: datetime) -> Outcome:
    """One attempt; never raises for what the network or the receiver does. Never call it inside a transaction."""
    try:
        check_host(endpoint.url, endpoint.allowed_hosts)
        call = message(event, endpoint.secrets, now)
    except ForbiddenHost as exc:
        return Outcome(Kind.PERMANENT, "forbidden_host", str(exc))
    except ValueError as exc:
        return Outcome(Kind.PERMANENT, "bad_message", str(exc))
    try:
        reply = send(endpoint.url, call)
    except NoReply as exc:
        return Outcome(Kind.TRANSIENT, "no_answer", str(exc))
    return outcome(reply, now)


def message(event: Push, secrets: tuple[str, ...], now: datetime) -> Call:
    """The signed request; raises ValueError for an id, secret or size that the specification does not allow."""
    if not _ID.fullmatch(event.event_id):
        raise ValueError("an event id is letters, digits, - and _")
    if not secrets:
        raise ValueError("no secret to sign with")
    said = {"type": event.type, "timestamp": event.occurred_at.astimezone(UTC).isoformat(), "data": dict(event.data)}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > _LARGEST:
        raise ValueError(f"{len(body)} bytes are more than a webhook should carry")
    stamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "user-agent": "OneRope-Webhooks/1",
        "webhook-id": event.event_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": " ".join(standard_sign(event.event_id, stamp, body, secret) for secret in secrets),
    }
    return Call("POST", "", body, headers)


def outcome(reply: Reply, now: datetime) -> Outcome:
    """2xx is done; 410 and what is wrong with the message itself never; a redirect is not followed; the rest later."""
    code = str(reply.status)
    if 200 <= reply.status < 300:
        return Outcome(Kind.OK, code)
    if reply.status == _GONE:
        return Outcome(Kind.PERMANENT, code, "the receiver wants no more of these")
    if 300 <= reply.status < 400:
        return Outcome(Kind.PERMANENT, code, "redirects are not followed")
    if reply.status in _POINTLESS:
        return Outcome(Kind.PERMANENT, code, reply.body[:200].decode("utf-8", "replace"))
    return Outcome(Kind.TRANSIENT, code, retry_after=_pause(reply.headers.get("retry-after", ""), now))


def _pause(asked: str, now: datetime) -> int | None:
    """Seconds from `Retry-After`, which is a number or an HTTP date."""
    try:
        if asked.strip().isdecimal():
            seconds = int(asked.strip()[:9])
        else:
            seconds = int((parsedate_to_datetime(asked) - now).total_seconds())
    except (ValueError, TypeError):
        return None
    return min(max(seconds, 0), _LONGEST_WAIT)
