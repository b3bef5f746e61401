"""The door: platforms and carriers push here. A 2xx means the raw message is committed."""

from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from core.doorbell import ring_soon
from core.errors import NotFound, Unreadable
from core.services import inbox
from core.services.group_commit import GroupCommit
from core.services.inbox import Arrival
from integrations.carriers.accounts import push_secrets
from integrations.carriers.adapter import Tracker
from integrations.carriers.registry import tracker
from integrations.channels.adapter import Answer, BadSignature, Channel, Outcome, Push
from integrations.registry import channel
from integrations.services.shop_keys import ShopKeys, shop_keys

DRAIN = "integrations.tasks.drain_inbox"


def _write(arrivals: Sequence[Arrival], line: BaseDatabaseWrapper) -> Sequence[bool]:
    fresh = inbox.store(arrivals, line)
    if any(fresh):
        ring_soon(DRAIN)
    return fresh


_arrivals = GroupCommit(_write)


@csrf_exempt
@require_POST
def channel_push(request: HttpRequest, platform: str, shop: str) -> HttpResponse:
    """Verify, store, ring, answer as the platform expects. Nothing is interpreted here."""
    try:
        adapter = channel(platform)
    except NotFound:
        return HttpResponse(b'{"code":"unknown_platform"}', status=404, content_type="application/json")
    return _response(_take(adapter, request, f"channel:{platform}:{shop}", shop))


def _take(adapter: Channel, request: HttpRequest, source: str, shop_code: str) -> Answer:
    try:
        push = Push.of(request.method or "", request.headers, request.GET, request.body)
    except RequestDataTooBig:
        return adapter.answer(Outcome.TOO_LARGE)
    if (greeting := adapter.handshake(push)) is not None:
        return greeting
    try:
        keys = shop_keys(adapter.key, shop_code)
        if keys is None:
            return adapter.answer(Outcome.UNKNOWN_SHOP)
        return adapter.answer(_store(adapter, push, source, keys))
    except (OperationalError, InterfaceError):
        # Nothing is committed: anything but a refusal would lose the message.
        return adapter.answer(Outcome.UNAVAILABLE)


def _store(adapter: Channel, push: Push, source: str, keys: ShopKeys) -> Outcome:
    try:
        adapter.verify(push, keys.push_secrets, clock.now())
    except BadSignature as exc:
        inbox.count_refused(source, exc.code)
        return Outcome.BAD_SIGNATURE
    try:
        adapter.probe(push.body)
    except Unreadable as exc:
        inbox.count_refused(source, exc.code, push.body)
        return Outcome.UNREADABLE
    _arrivals.put(Arrival(source, adapter.delivery_key(push), push.body, adapter.context(push)))
    return Outcome.STORED


@csrf_exempt
@require_POST
def carrier_push(request: HttpRequest, carrier: str) -> HttpResponse:
    """The same for tracking sources; their push secrets are settings, not rows."""
    try:
        source = tracker(carrier)
    except NotFound:
        return HttpResponse(b'{"code":"unknown_carrier"}', status=404, content_type="application/json")
    now, push = clock.now(), None
    try:
        push = Push.of(request.method or "", request.headers, request.GET, request.body)
        outcome = _store_track(source, push, now)
    except RequestDataTooBig:
        outcome = Outcome.TOO_LARGE
    except (OperationalError, InterfaceError):
        outcome = Outcome.UNAVAILABLE
    return _response(source.answer(outcome, push, now))


def _store_track(source: Tracker, push: Push, now: datetime) -> Outcome:
    name = f"carrier:{source.key}"
    try:
        source.verify(push, push_secrets(source.key), now)
        source.probe(push.body)
    except BadSignature as exc:
        inbox.count_refused(name, exc.code)
        return Outcome.BAD_SIGNATURE
    except Unreadable as exc:
        inbox.count_refused(name, exc.code, push.body)
        return Outcome.UNREADABLE
    _arrivals.put(Arrival(name, source.delivery_key(push), push.body, {}))
    return Outcome.STORED


def _response(answer: Answer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
