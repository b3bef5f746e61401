"""The door, from signed request to inbox row to order: what is acknowledged is committed, what is refused says why."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from django.db import OperationalError

from catalog.models import Shop, Sku
from catalog.services.shops import set_access
from core import clock
from core.models import InboxMessage, RefusedPush
from integrations.channels.purchases import Message, MessageKind
from integrations.channels.sender import hook_path
from integrations.registry import CHANNELS, channel
from integrations.services import shop_keys
from integrations.services.drain import drain_channels
from integrations.services.trial_orders import purchases
from integrations.views import hooks
from oms.models import Order
from tests.factories.channels import SECRETS

MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def shops(db):
    for number in range(3):
        Sku.objects.create(code=f"SKU-{number}", name=f"商品 {number}", cost_fen=1000 + number)
    made = {name: Shop.objects.create(platform=name, code="s1", name=name, currency="CNY") for name in CHANNELS}
    for platform, shop in made.items():
        set_access(shop, [SECRETS[platform]])
    shop_keys.forget()
    yield made
    shop_keys.forget()


def order_of(shop, seed=1):
    [purchase] = purchases(shop, 1, Random(seed), clock.now())
    return channel(shop.platform).render(purchase)


def signed(platform, message, at=None):
    return channel(platform).sign(message, SECRETS[platform], at or clock.now())


def said(number, **changes):
    """A message in our own format; its order number makes it one of its kind."""
    line = {"line_id": "1", "sku": "SKU-1", "qty": 1, "net_minor": 100} | changes.pop("line", {})
    data = {"order_no": number, "currency": "CNY", "lines": [line], "paid_at": "2026-11-11T12:00:00Z"} | changes
    return json.dumps({"type": "order.created", "data": {k: v for k, v in data.items() if v is not None}})


def as_message(body, delivery_id="d1"):
    raw = body if isinstance(body, bytes) else body.encode()
    return Message(MessageKind.ORDER, "order.created", delivery_id, delivery_id, raw)


def post(client, platform, push, shop="s1"):
    path = hook_path(channel(platform), shop)
    kind = push.headers.get("content-type", "application/json")
    return client.post(path, push.body, content_type=kind, query_params=dict(push.query), headers=dict(push.headers))


def refused():
    return {row.reason: row.count for row in RefusedPush.objects.all()}


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_a_signed_message_is_stored_to_the_byte_and_its_copy_is_no_second_one(platform, shops, client):
    push = signed(platform, order_of(shops[platform]))

    answers = [post(client, platform, push) for _copy in range(3)]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.content for answer in answers}) == 1
    [message] = InboxMessage.objects.all()
    assert (bytes(message.body), message.source) == (push.body, f"channel:{platform}:s1")


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_a_changed_body_is_turned_away_and_counted(platform, shops, client):
    push = signed(platform, order_of(shops[platform]))

    answer = post(client, platform, replace(push, body=push.body.replace(b"1", b"2", 1)))

    assert answer.status_code == 401
    assert not InboxMessage.objects.exists()
    assert sum(refused().values()) == 1


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_another_shops_secret_opens_nothing(platform, shops, client):
    other = Shop.objects.create(platform=platform, code="s2", name="s2")
    set_access(other, [SECRETS[platform] + "Zm9v"])

    assert post(client, platform, signed(platform, order_of(shops[platform])), "s2").status_code == 401
    assert not InboxMessage.objects.exists()


def test_a_push_from_another_time_is_turned_away(shops, client):
    push = signed("standard", order_of(shops["standard"]), datetime(2020, 1, 1, tzinfo=UTC))

    assert post(client, "standard", push).status_code == 401
    assert refused() == {"timestamp_out_of_window": 1}


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_unknown_shops_and_platforms_are_not_there(platform, shops, client):
    push = signed(platform, order_of(shops[platform]))

    assert post(client, platform, push, "nobody").status_code == 404
    assert client.post("/hooks/channels/nowhere/s1/", b"{}", content_type="application/json").json() == {
        "code": "unknown_platform"
    }
    assert client.get(hook_path(channel(platform), "s1")).status_code == 405
    assert not InboxMessage.objects.exists()


def test_a_shop_that_is_switched_off_takes_nothing(shops, client):
    push = signed("jd", order_of(shops["jd"]))
    Shop.objects.filter(platform="jd").update(is_active=False)

    assert post(client, "jd", push).status_code == 404


UNREADABLE = {
    "not_json": b"this is not JSON",
    "cut_off": b'{"type": "order.created", "data": {"order_no": "S',
    "not_utf8": '{"a": "茶杯"}'.encode("gb18030"),
    "nan": b'{"data": {"order_no": NaN}}',
    "infinity": b'{"data": {"order_no": -Infinity}}',
    "nested": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "lists": b"[" * 2000 + b"]" * 2000,
    "a_number": b"12",
    "empty": b"",
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_what_nobody_can_read_is_answered_and_a_sample_kept(body, client):
    push = signed("standard", as_message(body))

    assert post(client, "standard", push).status_code == 400
    assert not InboxMessage.objects.exists()
    [row] = RefusedPush.objects.all()
    assert row.count == 1
    assert bytes(row.sample) == body[:4096]


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_ten_megabytes_are_too_many(platform, client):
    push = signed(platform, as_message(b'{"a":"' + b"x" * 10 * MEGABYTE + b'"}'))

    assert post(client, platform, push).status_code == 413
    assert not InboxMessage.objects.exists()


def test_without_the_database_nothing_is_acknowledged(shops, client, monkeypatch):
    push = signed("shopify", order_of(shops["shopify"]))

    def gone(*_):
        raise OperationalError("the server closed the connection unexpectedly")

    with monkeypatch.context() as broken:
        broken.setattr(hooks.inbox, "store", gone)
        assert post(client, "shopify", push).status_code == 503
    assert post(client, "shopify", push).status_code == 200
    assert InboxMessage.objects.count() == 1


def test_without_the_broker_the_message_is_still_taken(shops, client, settings, monkeypatch):
    """The doorbell is a courtesy: the sweeper finds what it did not ring for."""
    from core import doorbell

    def dead(*_args, **_kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(doorbell.current_app, "send_task", dead)

    assert post(client, "shopify", signed("shopify", order_of(shops["shopify"]))).status_code == 200
    assert InboxMessage.objects.count() == 1


BAD_ORDERS = {
    "no number": said(None),
    "less than nothing": said("BAD", line={"qty": -1}),
    "beyond floats": said("BAD", line={"net_minor": 0}).replace('"net_minor": 0', '"net_minor": 1e400'),
    "not an object": '{"type": "order.created", "data": 7}',
    "no lines": said("BAD", lines="none"),
    "half a character": said("BAD-\ud800"),
}


@pytest.mark.parametrize("bad", BAD_ORDERS.values(), ids=BAD_ORDERS)
def test_a_poisoned_message_is_kept_with_a_code_and_harms_no_neighbour(bad, client):
    answers = [
        post(client, "standard", signed("standard", as_message(body, f"d{number}"))).status_code
        for number, body in enumerate([said("GOOD-1"), bad, said("GOOD-2")])
    ]
    while drain_channels():
        pass

    assert (answers[0], answers[2]) == (200, 200)
    assert set(Order.objects.values_list("order_no", flat=True)) == {"GOOD-1", "GOOD-2"}
    if answers[1] == 200:
        parked = InboxMessage.objects.get(delivery_key__contains="d1")
        assert parked.state == "dead"
        assert parked.error_code not in ("", "failed", "reader_failed")
        assert bytes(parked.body) == bad.encode()
    else:
        assert answers[1] == 400
        assert sum(refused().values()) == 1


def test_an_unknown_sku_is_an_order_with_a_question(client):
    post(client, "standard", signed("standard", as_message(said("SO-1", line={"sku": "NEVER-SEEN"}))))
    drain_channels()

    order = Order.objects.get()
    assert list(order.holds.values_list("reason", flat=True)) == ["sku_unmatched"]


def test_an_old_copy_of_an_order_changes_nothing(shops, client):
    [bought] = purchases(shops["taobao"], 1, Random(5), clock.now())
    later = replace(bought, modified_at=bought.modified_at + timedelta(minutes=5), note="请放门口")
    for purchase in (later, bought):
        assert post(client, "taobao", signed("taobao", channel("taobao").render(purchase))).status_code == 200
        drain_channels()

    assert list(InboxMessage.objects.order_by("id").values_list("outcome", flat=True)) == ["created", "older"]
    assert Order.objects.count() == 1


class TestCarriers:
    PATH = "/hooks/carriers/kuaidi100/"

    def test_an_unsigned_push_is_turned_away(self, client):
        answer = client.post(self.PATH, {"param": "{}", "sign": "0" * 32})

        assert answer.json()["result"] is False
        assert not InboxMessage.objects.exists()
        assert sum(refused().values()) == 1

    def test_an_unknown_carrier_is_not_there(self, client):
        answer = client.post("/hooks/carriers/nobody/", b"{}", content_type="application/json")

        assert (answer.status_code, answer.json()) == (404, {"code": "unknown_carrier"})
