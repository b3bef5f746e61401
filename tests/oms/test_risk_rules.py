"""What risk rules see of orders, what they hold them for, and what they leave on record."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Sku
from core import clock
from core.context import acting
from core.errors import OneRopeError
from core.selectors.rules import in_force, read
from core.services import replay, rules
from oms.domain.canonical import CanonicalLine
from oms.models import ListEntry, Order, RuleHit
from oms.selectors.orders import visible_to
from oms.services import dry_run, holds, lists
from tests.oms.trade import RECEIVER


def when(field, op, value, hold="rule", name="R"):
    return {"name": name, "conditions": [{"field": field, "op": op, "value": value}], "action": {"hold": hold}}


def live(*made):
    return rules.publish(rules.draft("risk", list(made)).pk)


def held(trade, no):
    return sorted(trade.get(no).holds.filter(released_at=None).values_list("reason", flat=True))


def to(**changes):
    return replace(RECEIVER, **changes)


NEIGHBOUR = to(name="赵六", phone="13700137000", detail="科技园路 1 号")  # behind the same door


@pytest.fixture
def shop(trade):
    trade.sku("A", near=500)
    trade.sku("B", near=500)
    return trade


@pytest.mark.parametrize(
    ("rule", "caught", "passes"),
    [
        (when("amount_minor", "gt", 5000), {"paid_minor": 5001}, {"paid_minor": 5000}),
        (when("unpaid_minor", "gt", 0), {"paid_minor": 499}, {"paid_minor": 500}),
        (when("units", "gte", 10), {"lines": [("A", 9, 900), ("B", 1, 100)]}, {"lines": [("A", 9, 900)]}),
        (when("most_of_one", "gte", 6), {"lines": [("A", 3, 3), ("A", 3, 3)]}, {"lines": [("A", 5, 5), ("B", 5, 5)]}),
        (when("free_units", "gt", 0), {"lines": [("A", 1, 900), ("B", 2, 0)]}, {"lines": [("A", 1, 900)]}),
        (when("under_floor_fen", "gt", 0), {"lines": [("A", 2, 1599)]}, {"lines": [("A", 2, 1600), ("A", 1, 0)]}),
        (when("under_cost_fen", "gt", 0), {"lines": [("A", 2, 198)]}, {"lines": [("A", 2, 200)]}),
        (when("under_floor_fen", "gt", 0), {"lines": [("A", 1, 1)]}, {"lines": [("A", 1, 1)], "currency": "USD"}),
        (when("area", "within", ["65", "4403"]), {}, {"receiver": to(city="广州市", district="天河区")}),
        (when("note", "contains_any", ["急", "换"]), {"seller_note": "加急"}, {"buyer_note": "谢谢"}),
        (when("cod", "eq", True), {"cod": True}, {}),
        (when("seller_flag", "in", [1, 2]), {"seller_flag": 2}, {"seller_flag": 3}),
        (when("platform", "eq", "taobao"), {}, None),
    ],
    ids=lambda case: case["conditions"][0]["field"] if isinstance(case, dict) and "conditions" in case else "",
)
def test_a_rule_catches_what_it_describes_and_nothing_else(shop, rule, caught, passes):
    Sku.objects.filter(code="A").update(floor_fen=800)
    live(rule)
    for no, changes in (("C", caught), ("P", passes)):
        if changes is not None:
            lines = changes.get("lines", [("A", 1, 500 if rule["conditions"][0]["field"] == "unpaid_minor" else 900)])
            rest = {key: value for key, value in changes.items() if key != "lines"}
            shop.take(shop.order(no, *lines, **rest))
    assert "rule" in held(shop, "C")
    assert passes is None or "rule" not in held(shop, "P")


def test_ceilings_mean_the_same_in_every_currency(shop):
    live(when("amount_minor", "gt", 50_000, hold="amount"))
    shop.take(
        shop.order("JPY", ("A", 1, 501), currency="JPY"),  # ¥501 = 50,100 hundredths
        shop.order("KWD", ("A", 1, 500_000), currency="KWD"),  # 500.000 dinars = 50,000 hundredths
    )
    assert "amount" in held(shop, "JPY")
    assert "amount" not in held(shop, "KWD")


@pytest.mark.parametrize(
    ("trait", "same", "other"),
    [
        ("phone", {}, {"receiver": to(phone="13900139000")}),
        ("buyer", {"buyer_id": "b1"}, {"buyer_id": "b2"}),
        ("address", {"receiver": NEIGHBOUR}, {"receiver": to(detail="科技园路9号")}),
        ("receiver", {}, {"receiver": to(name="赵六")}),
        ("ip", {"client_ip": "1.2.3.4"}, {"client_ip": "4.3.2.1"}),
        ("device", {"device": "d1"}, {"device": "d2"}),
    ],
)  # fmt: skip
def test_orders_of_the_same_person_are_counted_with_those_of_the_batch(shop, trait, same, other):
    live(when(f"orders_same_{trait}", "gt", 2, hold="velocity"))
    known = {"address": {}, "buyer": same, "ip": same, "device": same}.get(trait, {})
    shop.take(shop.order("1", ("A", 1, 100), **known))
    shop.take(
        shop.order("2", ("A", 1, 100), **same),
        shop.order("3", ("A", 1, 100), **same),
        shop.order("x", ("A", 1, 100), **other),
    )
    assert [held(shop, no) for no in ("1", "2", "3", "x")] == [[], ["velocity"], ["velocity"], []]


def test_what_the_platform_does_not_tell_is_not_counted(shop):
    live(when("orders_same_ip", "gte", 1), when("orders_same_buyer", "gte", 1, name="B"))
    shop.take(shop.order("1", ("A", 1, 100)), shop.order("2", ("A", 1, 100)))
    assert held(shop, "2") == []


def test_a_window_ends(shop, monkeypatch):
    live(when("orders_same_phone_1h", "gt", 1, hold="velocity"), when("orders_same_phone_7d", "gt", 2, name="week"))
    began = clock.now()
    for no, minutes in (("1", 0), ("2", 59), ("3", 121)):
        monkeypatch.setattr(clock, "now", partial(began.__add__, timedelta(minutes=minutes)))
        shop.take(shop.order(no, ("A", 1, 100)))
    assert [held(shop, no) for no in ("1", "2", "3")] == [[], ["velocity"], ["rule"]]


def test_the_same_goods_twice_by_one_person_are_a_duplicate(shop):
    live(when("same_goods", "gte", 1, hold="duplicate"))
    elsewhere = to(phone="13900139000")
    shop.take(shop.order("1", ("A", 1, 100), buyer_id="b"))
    shop.take(
        shop.order("2", ("A", 2, 200), buyer_id="b", receiver=elsewhere), shop.order("3", ("B", 1, 100), buyer_id="b")
    )
    shop.take(shop.order("4", ("A", 1, 100), buyer_id="c", receiver=to(phone="13600136000")))
    assert [held(shop, no) for no in ("1", "2", "3", "4")] == [[], ["duplicate"], [], []]


def test_different_buyers_behind_one_phone_are_counted(shop):
    live(when("buyers_same_phone", "gte", 2))
    shop.take(shop.order("1", ("A", 1, 100), buyer_id="b"), shop.order("2", ("A", 1, 100), buyer_id="b"))
    assert held(shop, "2") == []
    shop.take(shop.order("3", ("A", 1, 100), buyer_id="c"))
    assert held(shop, "3") == ["rule"]


def test_a_hold_tells_which_rule_which_fact_and_which_value(shop):
    version = live(
        when("amount_minor", "gt", 5000, hold="finance", name="dear"),
        when("units", "gt", 1, hold="finance", name="many"),
    )
    shop.take(shop.order("1", ("A", 2, 6000)))
    hold = shop.get("1").holds.get()
    assert (hold.reason, hold.detail, hold.owner) == ("finance", "dear · many", "finance")
    assert hold.trace == [
        {"rule": "dear", "rule_set": version.pk, "version": 1,
         "facts": [{"field": "amount_minor", "op": "gt", "value": 5000, "fact": 6000}]},
        {"rule": "many", "rule_set": version.pk, "version": 1,
         "facts": [{"field": "units", "op": "gt", "value": 1, "fact": 2}]},
    ]  # fmt: skip
    assert RuleHit.objects.filter(order=hold.order, shadow=False).count() == 2
    assert replay.verify().ok


def test_a_shadow_holds_nothing_and_is_noted(shop):
    live(when("units", "gt", 100))
    rules.shadow(rules.draft("risk", [when("amount_minor", "gt", 100, name="shadowed")]).pk)
    shop.take(shop.order("1", ("A", 1, 900)))
    assert held(shop, "1") == []
    hit = RuleHit.objects.get()
    assert (hit.order.order_no, hit.rule.name, hit.shadow, hit.facts[0]["fact"]) == ("1", "shadowed", True, 900)


def test_a_whitelisted_buyer_is_asked_no_questions_but_a_wrong_price_stays_one(shop):
    live(
        when("amount_minor", "gt", 100, hold="amount", name="a"), when("units", "gt", 0, hold="finance", name="f"),
        when("whitelisted", "eq", True, hold="note", name="vip"),
    )  # fmt: skip
    lists.add(lists.phone("13800138000"), "big customer", ListEntry.Side.WHITE)
    shop.take(shop.order("1", ("A", 1, 900)))
    assert held(shop, "1") == ["finance", "note"]


def test_the_blacklist_beats_the_whitelist(shop):
    live(when("amount_minor", "gt", 100, hold="amount"))
    lists.add(lists.phone("13800138000"), "big customer", ListEntry.Side.WHITE)
    shop.take(shop.order("0", ("A", 1, 900), buyer_id="b"))
    lists.add(lists.of_order("buyer", shop.get("0")), "fraud")
    shop.take(shop.order("1", ("A", 1, 900), buyer_id="b"))
    assert held(shop, "1") == ["amount", "blacklist"]
    assert shop.get("1").holds.get(reason="blacklist").trace[0]["facts"][0]["value"] == "buyer"


@pytest.mark.parametrize("kind", ["phone", "buyer", "address", "ip", "device"])
def test_every_trait_can_be_blacklisted_from_an_order(shop, kind):
    told = {"buyer_id": "b", "client_ip": "1.2.3.4", "device": "d"}
    shop.take(shop.order("1", ("A", 1, 100), **told))
    lists.add(lists.of_order(kind, shop.get("1")), "fraud")
    shop.take(shop.order("2", ("A", 1, 100), **told))
    assert held(shop, "2") == ["blacklist"]


def test_a_persons_release_stands_until_the_facts_change(shop):
    live(when("amount_minor", "gt", 5000, hold="amount", name="dear"))
    shop.take(shop.order("1", ("A", 1, 6000)))
    with acting("user:chen"):
        holds.release([shop.get("1").holds.get().pk], "phoned")
    shop.take(shop.order("1", ("A", 1, 6000), minutes=1, seller_note="ok"))
    assert held(shop, "1") == []
    shop.take(shop.order("1", ("A", 1, 60_000), minutes=2))
    assert held(shop, "1") == ["amount"]


EVERYTHING = [
    when("orders_same_phone", "gt", 1000, name="p"), when("orders_same_address_7d", "gt", 1000, name="a"),
    when("orders_same_ip_1h", "gt", 1000, name="i"), when("buyers_same_phone", "gt", 99, name="b"),
    when("same_goods", "gt", 1000, name="s"), when("under_floor_fen", "gt", 0, name="f"),
    when("amount_minor", "gt", 0, hold="finance", name="m"),
]  # fmt: skip


def screening_queries(shop, numbers):
    messages = [
        shop.order(f"N{n}", ("A", 1, 900), buyer_id=f"b{n}", client_ip=f"10.0.0.{n}", receiver=to(phone=f"138{n:08}"))
        for n in numbers
    ]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert set(shop.take(*messages)) == {"created"}
    return [query["sql"] for query in captured]


def test_a_batch_costs_the_same_queries_whatever_its_size(shop):
    live(*EVERYTHING)
    screening_queries(shop, [0])
    one, many = screening_queries(shop, [1]), screening_queries(shop, range(2, 60))
    assert len(one) == len(many)
    counted = [sql for sql in many if "_key = k.tag" in sql and "orderline" not in sql]
    assert len(counted) == 1  # every velocity of every order


def test_without_a_rule_that_asks_nothing_is_counted(shop):
    live(when("amount_minor", "gt", 1_000_000))
    asked = screening_queries(shop, range(3))
    assert not [sql for sql in asked if "_key = k.tag" in sql or "floor_fen" in sql]


def test_a_dry_run_says_what_a_version_would_have_done_beside_the_live_one(
    shop, django_user_model, django_assert_max_num_queries
):
    live(when("amount_minor", "gt", 5000, hold="amount", name="dear"))
    shop.take(*[shop.order(f"{n}", ("A", 1, 1000 * n), receiver=to(phone=f"138{n:08}")) for n in range(1, 11)])
    draft = rules.draft("risk", [when("amount_minor", "gt", 8000, name="dear"), when("units", "gt", 5, name="never"),
                                 when("orders_same_phone", "gte", 1, name="all")])  # fmt: skip
    version = read(draft.pk, draft.version)
    before = list(Order.objects.order_by("pk").values())
    with django_assert_max_num_queries(8):
        tried = dry_run.dry_run(version, Order.objects.all(), days=7)
    assert (tried.orders, tried.cut) == (10, False)
    assert {name: caught.orders for name, caught in tried.rules.items()} == {"dear": 2, "never": 0, "all": 10}
    assert [no for _pk, no, _facts in tried.rules["dear"].sample] == ["10", "9"]
    assert (tried.more.orders, tried.less.orders, tried.held.minor) == (5, 0, 55_000)
    assert dry_run.dry_run(version, Order.objects.all(), most=4).cut
    assert dry_run.dry_run(version, visible_to(django_user_model(username="nobody"))).orders == 0
    assert list(Order.objects.order_by("pk").values()) == before
    assert not RuleHit.objects.filter(rule__rule_set=draft).exists()


def test_counts_are_the_same_seen_again_later(shop):
    """A dry run sees each order as it was when it came: what came after it does not count."""
    live(when("orders_same_phone", "gte", 3, hold="velocity", name="often"))
    for no in ("1", "2", "3", "4"):
        shop.take(shop.order(no, ("A", 1, 100)))
    tried = dry_run.dry_run(in_force("risk")[0], Order.objects.all())
    assert sorted(no for _pk, no, _facts in tried.held.sample) == ["3", "4"]
    assert [held(shop, no) for no in ("1", "2", "3", "4")] == [[], [], ["velocity"], ["velocity"]]


def test_the_parts_of_a_bundle_are_counted_once(shop):
    live(when("units", "gt", 4), when("most_of_one", "gt", 3, name="one"))
    parent = CanonicalLine("p", "SET", "", "set", 2, 500, 1000)
    parts = (CanonicalLine("1", "A", "", "a", 2, 0, 0, parent_line_id="p"),
             CanonicalLine("2", "B", "", "b", 2, 0, 0, parent_line_id="p"))  # fmt: skip
    shop.take(replace(shop.order("1", ("A", 1, 1000)), lines=(parent, *parts)))
    assert "rule" not in held(shop, "1")


@pytest.mark.parametrize("action", [{"hold": "no-such-reason"}, {"hold": "manual"}, {"explode": 1}, {}])
def test_a_rule_that_decides_nothing_we_know_is_refused(shop, action):
    """An order that it matched could not be taken in."""
    with pytest.raises(OneRopeError) as refused:
        rules.draft("risk", [{**when("units", "gt", 0), "action": action}])
    assert refused.value.code == "bad_rule"
