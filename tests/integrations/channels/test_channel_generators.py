"""Whatever a platform's generator writes, its mapper reads back to the fen, and mischief does what it says."""

import json
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import Unreadable
from integrations.channels.adapter import BadSignature
from integrations.channels.mischief import Fault, disturb, poison, tamper
from integrations.channels.purchases import MessageKind, Sellable, Stage, amend, ask_refund, cancel, invent, pay
from integrations.registry import CHANNELS, channel
from oms.domain.canonical import CanonicalOrder, CanonicalRefund, OrderState, RefundKind, RefundStatus

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ITEMS = [
    Sellable(
        f"SKU-{index}", str(10_000 + index) if index % 2 else f"listing-{index}", f"商品 {index}", 330 + 701 * index
    )
    for index in range(9)
]
seeds = st.integers(min_value=0, max_value=2**32)


def read(platform, message, topic=""):
    messages = channel(platform).read(message.body, {"topic": message.topic})
    assert len(messages) == 1
    return messages[0]


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@given(seed=seeds)
def test_an_invented_order_is_read_back_to_the_fen(platform, seed):
    purchase = invent(Random(seed), ITEMS, NOW)

    found = read(platform, channel(platform).render(purchase))

    assert isinstance(found, CanonicalOrder)
    assert (found.order_no, found.state, found.shippable, found.hold_code) == (
        purchase.order_no,
        OrderState.PAID,
        True,
        "",
    )
    assert (found.paid_minor, found.freight_minor) == (purchase.total_minor, purchase.freight_minor)
    wanted = [(line.item.sku_code, line.qty, line.net_minor) for line in purchase.lines]
    assert [(line.sku, line.qty, line.net_minor) for line in found.lines] == wanted
    assert found.receiver is not None
    assert found.receiver.city == purchase.buyer.city
    assert found.paid_at == purchase.paid_at and found.modified_at == purchase.modified_at
    assert found.warnings == ()


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@given(seed=seeds)
def test_the_life_of_an_order_is_read_back(platform, seed):
    rng, adapter = Random(seed), channel(platform)
    unpaid = invent(rng, ITEMS, NOW, paid=False)
    paid = pay(unpaid, NOW + timedelta(minutes=1))
    changed = amend(rng, paid, NOW + timedelta(minutes=2))
    gone = cancel(changed, NOW + timedelta(minutes=3))

    states = [read(platform, adapter.render(made)) for made in (unpaid, paid, changed, gone)]

    assert {found.order_no for found in states} == {unpaid.order_no}
    assert [found.shippable for found in states] == [False, True, True, False]
    assert states[0].paid_minor == 0 and states[0].state is OrderState.PENDING
    assert states[3].state in (OrderState.CANCELLED, OrderState.REFUNDED)
    times = [found.modified_at for found in states]
    assert times == sorted(times) and len(set(times)) == 4
    assert (states[1].lines, states[1].receiver) != (states[2].lines, states[2].receiver)
    assert adapter.render(gone).kind is MessageKind.CANCELLATION


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@pytest.mark.parametrize("kind", [RefundKind.REFUND_ONLY, RefundKind.RETURN])
@given(seed=seeds)
def test_a_refund_message_names_the_order(platform, kind, seed):
    rng = Random(seed)
    purchase = invent(rng, ITEMS, NOW)
    asked = ask_refund(rng, purchase, NOW + timedelta(hours=1), kind=kind)
    done = ask_refund(rng, asked, NOW + timedelta(hours=2), status=RefundStatus.SUCCEEDED)

    found, settled = (read(platform, channel(platform).render(made)) for made in (asked, done))

    assert isinstance(found, CanonicalRefund)
    assert asked.refund is not None
    assert (found.order_no, found.refund_no) == (purchase.order_no, asked.refund.refund_no)
    assert found.amount_minor == asked.refund.amount_minor
    assert settled.status is RefundStatus.SUCCEEDED
    assert settled.refund_no == found.refund_no


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@given(seed=seeds)
def test_the_order_of_names_and_lines_means_nothing(platform, seed):
    rng = Random(seed)
    message = channel(platform).render(invent(rng, ITEMS, NOW))

    def shuffled(node):
        if isinstance(node, dict):
            names = sorted(node)
            rng.shuffle(names)
            return {name: shuffled(node[name]) for name in names}
        if isinstance(node, list):
            return rng.sample([shuffled(entry) for entry in node], len(node))
        return node

    body = json.dumps(shuffled(json.loads(message.body))).encode()
    [straight], [turned] = (channel(platform).read(each, {"topic": message.topic}) for each in (message.body, body))

    assert set(turned.lines) == set(straight.lines)
    assert {name: getattr(turned, name) for name in turned.__dataclass_fields__ if name != "lines"} == {
        name: getattr(straight, name) for name in straight.__dataclass_fields__ if name != "lines"
    }


def test_the_same_seed_invents_the_same_and_another_something_else():
    assert invent(Random(5), ITEMS, NOW) == invent(Random(5), ITEMS, NOW)
    assert invent(Random(5), ITEMS, NOW) != invent(Random(6), ITEMS, NOW)


def test_a_thousand_orders_have_a_thousand_numbers():
    rng = Random(1)

    assert len({invent(rng, ITEMS, NOW).order_no for _ in range(1000)}) == 1000


def test_a_shipped_order_is_no_longer_to_ship():
    from dataclasses import replace

    purchase = replace(invent(Random(1), ITEMS, NOW), stage=Stage.SHIPPED)
    found = {name: read(name, channel(name).render(purchase)) for name in sorted(CHANNELS) if name != "standard"}

    assert {name: order.shippable for name, order in found.items()} == dict.fromkeys(found, False)


def _messages(count=200):
    rng = Random(9)
    return [channel("taobao").render(invent(rng, ITEMS, NOW)) for _ in range(count)]


def test_mischief_only_adds_and_moves():
    messages = _messages()
    sent = disturb(messages, list(Fault), Random(3))

    genuine = [parcel.message for parcel in sent if not parcel.tampered and not parcel.poisoned]
    assert set(genuine) == set(messages)
    assert len(genuine) > len(messages)
    assert any(parcel.tampered for parcel in sent) and any(parcel.poisoned for parcel in sent)
    assert list(dict.fromkeys(genuine)) != messages


def test_without_faults_nothing_changes():
    messages = _messages(20)

    assert [parcel.message for parcel in disturb(messages, (), Random(3))] == messages


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@given(seed=seeds)
def test_poison_is_signed_but_cannot_be_digested(platform, seed):
    from tests.factories.channels import SECRETS

    rng, adapter = Random(seed), channel(platform)
    good = adapter.render(invent(rng, ITEMS, NOW))
    bad = poison(good, rng)

    adapter.verify(adapter.sign(bad, SECRETS[platform], NOW), [SECRETS[platform]], NOW)
    with pytest.raises(Unreadable):
        adapter.read(bad.body, {"topic": bad.topic})
    assert bad.delivery_id != good.delivery_id


@given(body=st.binary(max_size=60))
def test_tampering_always_changes_something(body):
    assert tamper(body) != body


def test_a_tampered_push_does_not_verify():
    from dataclasses import replace

    adapter = channel("shopify")
    push = adapter.sign(adapter.render(invent(Random(2), ITEMS, NOW)), "s", NOW)

    with pytest.raises(BadSignature):
        adapter.verify(replace(push, body=tamper(push.body)), ["s"], NOW)
