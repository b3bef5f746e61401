"""What a platform must know how to do, as one record of pure functions.

Adding a platform is a folder `integrations/channels/<platform>/` whose package exports `CHANNEL: Channel`, plus one
entry in `integrations/registry.py`. Nothing here does I/O, reads a clock or knows Django: the hook view, the inbox
worker, the outbox relay and the demo sender pass in bytes, secrets and the time, and act on what comes back.

A hook view uses a channel in this order::

    push = Push.of(request.method, request.headers, request.GET, body)
    if (answer := channel.handshake(push)): return answer      # unsigned pings
    channel.verify(push, secrets, now)                         # raises BadSignature -> answer(Outcome.BAD_SIGNATURE)
    channel.probe(push.body)                                   # raises Unreadable   -> answer(Outcome.UNREADABLE)
    store(channel.delivery_key(push), push.body, channel.context(push))
    return channel.answer(Outcome.STORED)

and the worker later calls `channel.read(body, context)`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from core.errors import OneRopeError
from integrations.channels.pulling import Puller
from integrations.channels.purchases import Message, Purchase
from oms.domain.canonical import Canonical


class BadSignature(OneRopeError):
    """Not from whom it claims to be, or too old to tell. Codes: `signature_missing`, `signature_mismatch`,
    `timestamp_missing`, `timestamp_out_of_window`, `no_secret`."""

    code = "signature_mismatch"
    status = 401


class Outcome(StrEnum):
    """What became of a push, for the answer its platform understands."""

    STORED = "stored"  # committed; also for a copy of something already committed
    BAD_SIGNATURE = "bad_signature"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too_large"
    UNKNOWN_SHOP = "unknown_shop"
    UNAVAILABLE = "unavailable"  # nothing was committed: please send again


STATUS_OF = {
    Outcome.STORED: 200,
    Outcome.BAD_SIGNATURE: 401,
    Outcome.UNREADABLE: 400,
    Outcome.TOO_LARGE: 413,
    Outcome.UNKNOWN_SHOP: 404,
    Outcome.UNAVAILABLE: 503,
}


@dataclass(frozen=True, slots=True)
class Push:
    """One inbound HTTP request as it came off the wire. Header names are lower case; `body` is untouched."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"

    @classmethod
    def of(cls, method: str, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> "Push":
        """Build from any header mapping, lower-casing its names."""
        return cls(body, {name.lower(): value for name, value in headers.items()}, dict(query.items()), method)


@dataclass(frozen=True, slots=True)
class Answer:
    """The response a platform expects: status, body and content type, sent as they stand."""

    status: int
    body: bytes
    content_type: str = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What we need to call a shop's platform: `secret` signs, `access_token` is the seller's session or API token
    (WooCommerce: `app_key`/`secret` are the consumer key and secret)."""

    app_key: str
    secret: str
    access_token: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel to report to the platform. `carrier` is our carrier code (SF, ZTO, YTO …); `lines` are
    (platform line id, quantity) and empty means the whole order."""

    order_no: str
    waybill_no: str
    carrier: str
    shipped_at: datetime
    reference: str  # ours, the same on every attempt
    lines: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ShipRequest:
    """A signed HTTP request to the platform; `path` starts with '/' and is relative to its base URL.

    A `lookup` only asks: send it, then call `ship_request` again with the answer's body for the real one.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    lookup: bool = False


@dataclass(frozen=True, slots=True)
class ShipResult:
    """What the platform made of it. `ok` also covers "already shipped with this number". Not ok and `retry`: ask
    again later; not ok and not `retry`: a person must look. `code` is the platform's own."""

    ok: bool
    retry: bool = False
    code: str = ""
    message: str = ""


def never(push: Push) -> Answer | None:
    """For platforms that send no unsigned handshake."""
    return None


@dataclass(frozen=True, slots=True)
class Channel:
    """One platform.

    verify(push, secrets, now): any live secret may match; constant time; raises BadSignature.
    delivery_key(push): at most 200 characters, equal for every copy of one delivery, distinct otherwise.
    context(push): the header values `read` needs besides the body (a topic); safe to store: no signature, no PII.
    probe(body): cheap strict check before storing (size, depth, JSON, an object or list); raises core Unreadable.
    read(body, context): the canonical messages in the body; raises core Unreadable with a stable code.
    answer(outcome): what the platform expects to hear.
    sign(message, secret, now): the same message as a signed Push, exactly as the platform would send it.
    render(purchase): a real-format message of this platform for an invented purchase.
    ship_request(shipment, credentials, now, found) / ship_result(status, body): the ship confirmation, there and
        back; `found` is the answer to a look-up, None at first. A ShipResult instead of a request means it is done.
    pull: how its own order list is read; None where there is none to read.
    """

    key: str
    name: str
    verify: Callable[[Push, Sequence[str], datetime], None]
    delivery_key: Callable[[Push], str]
    context: Callable[[Push], dict[str, str]]
    probe: Callable[[bytes], None]
    read: Callable[[bytes, Mapping[str, str]], list[Canonical]]
    answer: Callable[[Outcome], Answer]
    sign: Callable[[Message, str, datetime], Push]
    render: Callable[[Purchase], Message]
    ship_request: Callable[[Shipment, Credentials, datetime, bytes | None], ShipRequest | ShipResult]
    ship_result: Callable[[int, bytes], ShipResult]
    handshake: Callable[[Push], Answer | None] = never
    pull: Puller | None = None


def plain_answer(outcome: Outcome) -> Answer:
    """For platforms that look only at the status code: a short JSON for whoever reads their log."""
    return Answer(STATUS_OF[outcome], f'{{"code":"{outcome.value}"}}'.encode())
