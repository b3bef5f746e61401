from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from oms.domain.canonical import CanonicalLine, CanonicalOrder, CanonicalReceiver, OrderState
from oms.domain.content import fingerprint, key_of

AT = datetime(2026, 11, 11, tzinfo=UTC)


def line(line_id="1", sku="A", qty=1, net=100):
    return CanonicalLine(line_id, sku, "", "title", qty, net, net)


def order(**overrides):
    base = CanonicalOrder(
        platform="taobao", order_no="T1", state=OrderState.PAID, currency="CNY", lines=(line("1"), line("2", "B")),
        receiver=CanonicalReceiver(name="王小明", province="广东省", detail="科技园 1 号"),
        created_at=AT, modified_at=AT, paid_minor=200,
    )  # fmt: skip
    return replace(base, **overrides)


def test_what_means_the_same_has_the_same_fingerprint():
    same = fingerprint(order())
    assert fingerprint(order(lines=(line("2", "B"), line("1")))) == same
    assert fingerprint(order(modified_at=AT + timedelta(hours=1))) == same
    spaced = CanonicalReceiver(name=" 王小明 ", province="广东省", detail="科技园　１  号")
    assert fingerprint(order(receiver=spaced)) == same


def test_what_differs_in_meaning_differs():
    prints = {
        fingerprint(o)
        for o in [
            order(),
            order(lines=(line("1", qty=2), line("2", "B"))),
            order(lines=(line("1", net=99), line("2", "B"))),
            order(state=OrderState.CANCELLED),
            order(order_no="T2"),
            order(buyer_note="急"),
            order(receiver=None),
        ]
    }
    assert len(prints) == 7


@given(st.text(max_size=6), st.text(max_size=6), st.text(max_size=6), st.text(max_size=6))
def test_field_boundaries_are_unambiguous(a, b, c, d):
    left, right = order(lines=(line(a, b),)), order(lines=(line(c, d),))
    if (a, b.strip()) != (c, d.strip()):
        assert fingerprint(left) != fingerprint(right)


def test_at_the_same_second_the_later_stage_of_life_wins():
    pending, cancelled = order(state=OrderState.PENDING), order(state=OrderState.CANCELLED)
    assert key_of(pending, "zzz") < key_of(order(), "aaa") < key_of(cancelled, "aaa")
    newer = order(state=OrderState.PENDING, modified_at=AT + timedelta(seconds=1))
    assert key_of(cancelled, "x") < key_of(newer, "x")
