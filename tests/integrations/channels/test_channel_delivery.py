"""Which pushes are the same push, and what each platform is told."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from integrations.channels.adapter import Outcome, Push
from integrations.channels.purchases import Sellable, amend, invent
from integrations.registry import CHANNELS, channel
from tests.factories.channels import SECRETS

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ITEMS = [Sellable("A-1", "1001", "茶杯", 1990), Sellable("B-2", "1002", "茶壶", 8900)]


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_a_retry_has_the_same_key_and_another_order_has_not(platform):
    adapter, rng = channel(platform), Random(1)
    first, second = adapter.render(invent(rng, ITEMS, NOW)), adapter.render(invent(rng, ITEMS, NOW))

    sent = adapter.sign(first, SECRETS[platform], NOW)
    again = adapter.sign(first, SECRETS[platform], NOW + timedelta(minutes=3))
    other = adapter.sign(second, SECRETS[platform], NOW)

    assert adapter.delivery_key(sent) == adapter.delivery_key(again)
    assert adapter.delivery_key(sent) != adapter.delivery_key(other)
    assert len(adapter.delivery_key(sent)) <= 200


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_an_amendment_is_another_delivery(platform):
    adapter, rng = channel(platform), Random(2)
    purchase = invent(rng, ITEMS, NOW)
    changed = amend(rng, purchase, NOW + timedelta(minutes=5))

    keys = {
        adapter.delivery_key(adapter.sign(adapter.render(made), SECRETS[platform], NOW)) for made in (purchase, changed)
    }

    assert len(keys) == 2


def test_two_woocommerce_orders_of_one_second_share_a_delivery_id_but_no_key():
    adapter, rng = channel("woocommerce"), Random(3)
    pushes = [adapter.sign(adapter.render(invent(rng, ITEMS, NOW)), "s", NOW) for _ in range(2)]

    assert len({push.headers["x-wc-webhook-delivery-id"] for push in pushes}) == 1
    assert len({adapter.delivery_key(push) for push in pushes}) == 2


@pytest.mark.parametrize("platform", ["shopify", "standard", "woocommerce"])
def test_an_endless_header_is_cut_to_a_digest(platform):
    headers = {"webhook-id": "m" * 5000, "x-shopify-webhook-id": "m" * 5000, "x-wc-webhook-id": "m" * 5000}

    assert len(channel(platform).delivery_key(Push(b"{}", headers))) <= 200


@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_what_is_kept_beside_the_body_holds_no_signature(platform):
    adapter = channel(platform)
    push = adapter.sign(adapter.render(invent(Random(4), ITEMS, NOW)), SECRETS[platform], NOW)
    kept = adapter.context(push)

    assert set(kept) <= {"topic"}
    assert not set(kept.values()) & (set(push.query.values()) - {push.query.get("method")})


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.STORED, 200),
        (Outcome.BAD_SIGNATURE, 401),
        (Outcome.UNREADABLE, 400),
        (Outcome.TOO_LARGE, 413),
        (Outcome.UNKNOWN_SHOP, 404),
        (Outcome.UNAVAILABLE, 503),
    ],
)
def test_every_outcome_has_a_status_and_a_json_body(platform, outcome, status):
    answer = channel(platform).answer(outcome)

    assert answer.status == status
    assert isinstance(json.loads(answer.body), dict)


def test_taobao_hears_of_a_bad_signature_in_its_own_words():
    said = json.loads(channel("taobao").answer(Outcome.BAD_SIGNATURE).body)

    assert said["flag"] == "failure"
    assert said["sub_code"] == "sign-check-failure"
    assert said["sub_message"] == "Illegal request"
    assert json.loads(channel("taobao").answer(Outcome.STORED).body)["flag"] == "success"


def test_woocommerce_greets_a_new_webhook_without_a_signature():
    adapter = channel("woocommerce")

    assert adapter.handshake(Push(b"webhook_id=7")).status == 200
    assert adapter.handshake(Push(b"webhook_id=7", {"x-wc-webhook-topic": "order.created"})) is None
    assert adapter.handshake(Push(b'{"id": 1}')) is None
    assert adapter.handshake(Push(b"webhook_id=7&more=1")) is None


@pytest.mark.parametrize("platform", sorted(set(CHANNELS) - {"woocommerce"}))
def test_nobody_else_greets(platform):
    assert channel(platform).handshake(Push(b"webhook_id=7")) is None
