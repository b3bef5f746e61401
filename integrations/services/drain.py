"""From the inbox to the apps: read claimed messages, apply them in one transaction, park what is poisoned."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError

from catalog.models import Shop
from core.doorbell import ring
from core.errors import NotFound, OneRopeError, Unreadable
from core.models import InboxMessage
from core.services import inbox
from core.services.bisect import run_bisecting
from core.services.inbox import Settlement
from fulfillment.services.tracking import apply_tracks
from integrations.carriers.registry import tracker
from integrations.registry import channel
from integrations.services.pull import fetches, late
from integrations.services.pull.fetches import Wanted
from integrations.services.pull.intake import VIA
from oms.domain.canonical import Canonical, CanonicalHint, CanonicalRefund
from oms.services.intake import Incoming, OrderUnknown, capture, order_key

log = logging.getLogger(__name__)

BATCH = 500


@dataclass(frozen=True, slots=True)
class Readable:
    """A message and what it says; `content` is the adapter's word for it."""

    message: InboxMessage
    content: Any


def drain_channels(limit: int = BATCH) -> int:
    """Claim and apply up to `limit` platform messages; returns how many were claimed."""
    messages = inbox.claim("channel:", limit)
    shops = {f"channel:{s.platform}:{s.code}": (s.pk, s.currency) for s in Shop.objects.all()} if messages else {}

    def read(message: InboxMessage) -> list[Incoming]:
        if message.source not in shops:
            raise NotFound("the shop is gone", code="unknown_shop")
        platform = message.source.split(":")[1]
        shop_id, currency = shops[message.source]
        # Some bodies (WooCommerce refunds) name no currency: it is the shop's then.
        # and a deletion does not say when: no later than it came here.
        context = {"currency": currency, "received_at": message.received_at.isoformat(), **message.meta}
        parts: list[Canonical] = channel(platform).read(bytes(message.body), context)
        return [Incoming(shop_id, part) for part in parts]

    _apply(_readable(messages, read), _capture)
    return len(messages)


def drain_carriers(limit: int = BATCH) -> int:
    """Claim and apply up to `limit` tracking pushes; returns how many were claimed."""
    messages = inbox.claim("carrier:", limit)
    _apply(_readable(messages, lambda message: tracker(message.source.split(":")[1]).read(bytes(message.body))), _track)
    return len(messages)


def _track(batch: Sequence[Readable]) -> list[str]:
    tracks = [(index, track) for index, item in enumerate(batch) for track in item.content]
    outcomes = apply_tracks([track for _index, track in tracks])
    found: dict[int, set[str]] = {}
    for (index, _parcel), outcome in zip(tracks, outcomes, strict=True):
        found.setdefault(index, set()).add(outcome)
    weights = ["advanced", "no_parcel", "same"]
    return [next((w for w in weights if w in found.get(index, ())), "nothing") for index in range(len(batch))]


def _capture(batch: Sequence[Readable]) -> list[str]:
    """Outcome per message: that of its parts, the weightiest first."""
    parts = [(index, incoming) for index, item in enumerate(batch) for incoming in item.content]
    outcomes = capture([incoming for _index, incoming in parts])
    made = [(index, part) for (index, part), outcome in zip(parts, outcomes, strict=True) if outcome == "created"]
    if made and inbox.release({order_key(part.identity) for _index, part in made}):
        ring("integrations.tasks.drain_inbox")
    fetches.owe([one for _index, part in parts if isinstance(part.message, CanonicalHint) for one in _named(part)])
    late.note([part for index, part in made if batch[index].message.meta.get(VIA) == "pull"])
    found: dict[int, set[str]] = {}
    for (index, incoming), outcome in zip(parts, outcomes, strict=True):
        found.setdefault(index, set()).add("hint" if isinstance(incoming.message, CanonicalHint) else outcome)
    weights = ["unreadable", "created", "amended", "refund", "hint", "older", "same", "partial", "nothing"]
    return [next((w for w in weights if w in found.get(index, ())), "nothing") for index in range(len(batch))]


def _named(incoming: Incoming) -> set[Wanted]:
    """What a message only names is asked for: the order and, of a refund, the refund too."""
    hint = incoming.message
    assert isinstance(hint, CanonicalHint)
    return {Wanted(incoming.shop_id, hint.order_no), Wanted(incoming.shop_id, hint.order_no, hint.refund_no)}


def _ask_for_orders(items: Sequence[Readable]) -> None:
    """The orders of refunds that came before them: lost on their way, or still to come."""
    parts = [incoming for item in items for incoming in item.content]
    refunds = [(part.shop_id, part.message) for part in parts if isinstance(part.message, CanonicalRefund)]
    fetches.owe([Wanted(shop_id, refund.order_no, via="pull") for shop_id, refund in refunds])


def _readable(messages: Sequence[InboxMessage], read: Callable[[InboxMessage], Any]) -> list[Readable]:
    result = []
    for message in messages:
        try:
            result.append(Readable(message, read(message)))
        except (Unreadable, NotFound) as exc:
            inbox.fail(message, exc.code, str(exc), park=True)
        except Exception as exc:  # a reader's own fault must park this message and no other
            log.exception("reading message %s failed", message.pk)
            inbox.fail(message, "reader_failed", f"{type(exc).__name__}: {exc}")
    return result


def _apply(batch: Sequence[Readable], handle: Callable[[Sequence[Readable]], list[str]]) -> None:
    """Effects and `done` marks in one transaction; a failing batch is halved until the culprit stands alone.

    No transaction around the halves: each commits by itself and lets go of its locks before the next takes its own.
    """

    def run(part: Sequence[Readable]) -> None:
        outcomes = handle(part)
        inbox.settle([Settlement(item.message, outcome) for item, outcome in zip(part, outcomes, strict=True)])

    try:
        _done, failures = run_bisecting(batch, run)
    except OperationalError as exc:
        log.warning("the batch could not run: %s", exc)
        failures = [(item, exc) for item in batch]
    _ask_for_orders([item for item, error in failures if isinstance(error, OrderUnknown)])
    for item, error in failures:
        code = error.code if isinstance(error, OneRopeError) else "failed"
        if not isinstance(error, OrderUnknown):
            log.warning("message %s failed", item.message.pk, exc_info=error)
        waits_for = error.fields.get("order", "") if isinstance(error, OrderUnknown) else ""
        inbox.fail(item.message, code, f"{type(error).__name__}: {error}", waits_for=waits_for)
