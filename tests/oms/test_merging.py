"""Who may leave with whom: what rules merge and propose, what people decide, what seals forbid."""

from dataclasses import replace
from datetime import timedelta

import pytest

from catalog.models import Shop, ShopWarehouse
from core.errors import Conflict
from core.models import AuditEntry, Event
from core.services import outbox, replay, rules
from oms.models import Hold, MergeLook, MergeProposal, SubOrder
from oms.services import holds, merge_rules, merging, orders
from oms.services.intake import Incoming, capture
from oms.tasks import merge as look
from tests.oms.trade import AT, RECEIVER

AUTO = {"name": "one shop", "conditions": [{"field": "shops", "op": "eq", "value": 1}], "action": {"merge": "auto"}}
PROPOSE = {"name": "ask", "conditions": [], "action": {"merge": "propose"}}
MASKED = replace(RECEIVER, name="王**", phone="138****8000", detail="***", masked=True, oaid="OAID1")


@pytest.fixture
def goods(trade):
    trade.sku("A", near=50, far=50)
    return trade


@pytest.fixture
def rule(goods):
    def publish(*written):
        rules.publish(rules.draft("merge", list(written), "test").pk)

    publish(AUTO, PROPOSE)
    return publish


@pytest.fixture
def second_shop(goods):
    shop = Shop.objects.create(platform="taobao", code="s2", name="s2")
    for house, priority in ((goods.near, 1), (goods.far, 2)):
        ShopWarehouse.objects.create(shop=shop, warehouse=house, priority=priority)
    return shop


def sell(trade, no, qty=1, shop=None, **overrides):
    order = trade.order(no, ("A", qty, 500 * qty), **overrides)
    capture([Incoming((shop or trade.shop).pk, order)])
    trade.allocate()
    return trade.get(no)


def merges(*found):
    """The merge of each order."""
    return [
        SubOrder.objects.filter(order=order).exclude(status="cancelled").values_list("merge_id", flat=True).get()
        for order in found
    ]


def shown(page, *found):
    """Does the page lead to all of these orders?"""
    return all(f'href="/orders/{order.pk}/"' in page.content.decode() for order in found)


def test_orders_of_one_receiver_and_shop_are_merged_by_rule(goods, rule):
    first, second = sell(goods, "T1"), sell(goods, "T2")
    look()
    [merge_id, other] = merges(first, second)
    assert merge_id is not None and merge_id == other
    proposal = MergeProposal.objects.get()
    assert (proposal.state, proposal.rule, proposal.facts["pieces"]) == ("merged", "one shop", 2)
    told = Event.objects.filter(type="oms.order_merged").values_list("payload", flat=True)
    assert {tuple(payload["order_ids"]) for payload in told} == {(first.pk, second.pk)}
    assert replay.verify().differences == []


def test_a_third_order_joins_those_that_are_merged(goods, rule):
    first, second = sell(goods, "T1"), sell(goods, "T2")
    look()
    third = sell(goods, "T3")
    look()
    assert len(set(merges(first, second, third))) == 1
    assert not MergeLook.objects.exists()


def test_without_a_rule_nothing_is_looked_at(goods):
    for no in ("T1", "T2"):
        sell(goods, no)
    assert not MergeLook.objects.exists()
    look()
    assert not MergeProposal.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"receiver": replace(RECEIVER, name="王小红")},
        {"receiver": replace(RECEIVER, phone="13900139000")},
        {"receiver": replace(RECEIVER, detail="科技园路2号")},
        {"cod": True},
    ],
    ids=["another person", "another phone", "another door", "paid at the door"],
)
def test_others_are_left_alone(goods, rule, other):
    first, second = sell(goods, "T1"), sell(goods, "T2", **other)
    look()
    assert merges(first, second) == [None, None]
    assert not MergeProposal.objects.exists()


def test_the_same_door_written_otherwise_is_the_same(goods, rule):
    first = sell(goods, "T1")
    second = sell(goods, "T2", receiver=replace(RECEIVER, phone="+86 138-0013-8000", detail="科技园路 1 号"))
    look()
    assert merges(first, second)[0] is not None


def test_masked_receivers_meet_by_their_oaid_within_shop_and_week(goods, rule, second_shop):
    first, second = sell(goods, "T1", receiver=MASKED), sell(goods, "T2", receiver=MASKED)
    no_handle = sell(goods, "T3", receiver=replace(MASKED, oaid=""))
    same_text = sell(goods, "T4", receiver=replace(MASKED, oaid=""))
    next_week = sell(goods, "T5", receiver=MASKED, created_at=AT + timedelta(days=7))
    elsewhere = sell(goods, "T6", receiver=MASKED, shop=second_shop)
    look()
    merge_id, other = merges(first, second)
    assert merge_id is not None and merge_id == other
    assert merges(no_handle, same_text, next_week, elsewhere) == [None] * 4
    assert not MergeProposal.objects.filter(state="open").exists()


def test_held_orders_are_merged_once_they_are_released(goods, rule):
    first, second = sell(goods, "T1"), sell(goods, "T2")
    holds.hold([second.pk], "wait")
    look()
    assert merges(first, second) == [None, None]
    holds.release([Hold.objects.get().pk], "ok")
    goods.allocate()
    look()
    assert merges(first, second)[0] is not None


def test_across_shops_a_person_decides(goods, rule, second_shop, log_in):
    first, second = sell(goods, "T1"), sell(goods, "T2", shop=second_shop)
    look()
    assert merges(first, second) == [None, None]
    client = log_in("ops")
    assert shown(client.get("/orders/merges/"), first, second)
    proposal = MergeProposal.objects.get(state="open")
    client.post("/orders/merges/actions/", {"id": [proposal.pk], "action": "merge", "note": "called"})
    assert merges(first, second)[0] is not None
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by) == ("merged", "user:ops0")
    assert AuditEntry.objects.filter(action="order.merge").count() == 2
    assert shown(client.get(f"/orders/{first.pk}/"), second)


def test_within_a_shop_the_rule_does_not_wait_for_the_word_about_another(goods, rule, second_shop):
    first, second, other = sell(goods, "T1"), sell(goods, "T2"), sell(goods, "T3", shop=second_shop)
    look()
    [merge_id, same] = merges(first, second)
    assert merge_id is not None and (same, merges(other)) == (merge_id, [None])
    merge_rules.accept(MergeProposal.objects.get(state="open").pk, "")
    assert len(set(merges(first, second, other))) == 1


def test_what_people_merge_themselves_is_not_proposed_any_more(goods, rule):
    rule(PROPOSE)
    first, second = sell(goods, "T1"), sell(goods, "T2")
    look()
    merging.merge([first.pk, second.pk], "seen by chance")
    look()
    assert not MergeProposal.objects.filter(state="open").exists()


def test_who_does_not_see_all_its_shops_sees_no_proposal_and_undoes_nothing(goods, rule, second_shop, log_in):
    first, second = sell(goods, "T1"), sell(goods, "T2", shop=second_shop)
    look()
    client = log_in("ops", shop_ids=[goods.shop.pk], all_warehouses=True)
    assert not shown(client.get("/orders/merges/"), first)
    proposal = MergeProposal.objects.get(state="open")
    client.post("/orders/merges/actions/", {"id": [proposal.pk], "action": "merge"})
    assert merges(first, second) == [None, None]
    merge_rules.accept(proposal.pk, "")
    page = client.get(f"/orders/{first.pk}/")
    assert not shown(page, second) and "unmerge" not in page.content.decode()
    client.post(f"/orders/{first.pk}/act/", {"action": "unmerge"})
    assert merges(first, second)[0] is not None


def test_declined_they_are_not_proposed_again_but_with_one_more_they_are(goods, rule):
    rule(PROPOSE)
    first, second = sell(goods, "T1"), sell(goods, "T2")
    look()
    merge_rules.decline(MergeProposal.objects.get().pk, "two gifts")
    MergeLook.objects.create(order=first)
    look()
    assert not MergeProposal.objects.filter(state="open").exists()
    third = sell(goods, "T3")
    look()
    assert MergeProposal.objects.get(state="open").order_ids == [first.pk, second.pk, third.pk]


def test_undone_by_a_person_no_rule_merges_them_again(goods, rule):
    first, second = sell(goods, "T1"), sell(goods, "T2")
    look()
    merging.undo(second.pk, "two gifts")
    look()
    assert merges(first, second) == [None, None]
    assert not MergeProposal.objects.filter(state="open").exists()


def test_where_no_warehouse_has_everything_those_in_one_leave_together(trade, rule):
    rule(AUTO)
    trade.sku("B", near=5)
    trade.sku("C", far=5)
    for no, code in (("T1", "B"), ("T2", "C"), ("T3", "B"), ("T4", "B")):
        trade.take(trade.order(no, (code, 1, 500)))
        trade.allocate()
    look()
    near, far = [trade.get(no) for no in ("T1", "T3", "T4")], trade.get("T2")
    assert len(set(merges(*near))) == 1 and merges(near[0])[0] is not None
    assert merges(far) == [None]


def test_a_rule_may_leave_them_apart(goods, rule):
    many = [{"field": "pieces", "op": "gt", "value": 5}]
    rule({"name": "too much for one box", "conditions": many, "action": {"merge": "never"}}, PROPOSE)
    first, second = sell(goods, "T1", 3), sell(goods, "T2", 3)
    look()
    assert not MergeProposal.objects.exists()
    assert merges(first, second) == [None, None]


def test_a_proposal_goes_when_one_of_its_orders_does(goods, rule):
    rule(PROPOSE)
    first, second = sell(goods, "T1"), sell(goods, "T2")
    third = sell(goods, "T3")
    look()
    orders.cancel([second.pk], "no")
    look()
    look()
    assert MergeProposal.objects.get(state="open").order_ids == [first.pk, third.pk]
    orders.cancel([third.pk], "no")
    look()
    assert not MergeProposal.objects.filter(state="open").exists()


def test_the_look_takes_the_same_number_of_queries_however_many_there_are(goods, rule, django_assert_max_num_queries):
    rule(PROPOSE)
    for group in range(10):
        receiver = replace(RECEIVER, phone=f"139000000{group:02}")
        for at in range(3):
            sell(goods, f"T{group}-{at}", receiver=receiver)
    with django_assert_max_num_queries(19):
        assert merge_rules.look() == 30
    assert MergeProposal.objects.filter(state="open").count() == 10


def test_a_merge_that_loses_one_of_two_is_over(goods, rule):
    first, second = sell(goods, "T1"), sell(goods, "T2")
    look()
    orders.cancel([second.pk], "no")
    outbox.relay_all()
    assert merges(first) == [None]
    assert replay.verify().differences == []


def test_sealed_against_merging_an_order_is_left_alone_and_leaves(goods, rule):
    first, second, third = sell(goods, "T1"), sell(goods, "T2"), sell(goods, "T3")
    look()
    merging.seal(second.pk, "a gift", no_merge=True)
    assert merges(second) == [None]
    assert merges(first)[0] is not None and merges(first) == merges(third)
    look()
    assert merges(second) == [None]
    with pytest.raises(Conflict) as refusal:
        merging.merge([second.pk, third.pk])
    assert refusal.value.fields == {"order_no": "T2", "reason": "sealed"}
    merging.seal(second.pk, "after all", no_merge=False)
    look()
    assert len(set(merges(first, second, third))) == 1


def test_sealed_against_splitting_it_waits_for_one_warehouse_that_has_it_all(trade):
    a = trade.sku("A", near=2)
    trade.sku("B", far=2)
    order = sell_two(trade, "T1")
    assert order.suborders.count() == 2
    merging.seal(order.pk, "one box", no_split=True)
    trade.allocate()
    order = trade.get("T1")
    assert (order.status, order.no_split) == ("backordered", True)
    trade.stock(a, far=1, key="more")
    outbox.relay_all()
    trade.allocate()
    [sub] = order.suborders.exclude(status="cancelled")
    assert (sub.status, sub.warehouse_id) == ("reserved", trade.far.pk)
    assert replay.verify().differences == []


def sell_two(trade, no):
    trade.take(trade.order(no, ("A", 1, 500), ("B", 1, 700)))
    trade.allocate()
    return trade.get(no)


def test_more_of_a_sealed_order_is_routed_together_with_what_it_has(trade):
    trade.sku("A", near=1, far=3)
    trade.take(trade.order("T1", ("A", 1, 500)))
    merging.seal(trade.get("T1").pk, "one box", no_split=True)
    trade.allocate()
    assert trade.get("T1").suborders.get().warehouse_id == trade.near.pk
    trade.take(trade.order("T1", ("A", 3, 1500), minutes=5))
    trade.allocate()
    [sub] = trade.get("T1").suborders.exclude(status="cancelled")
    assert (sub.warehouse_id, sub.lines.get().qty) == (trade.far.pk, 3)


def test_goods_that_cannot_share_a_box_make_a_sealed_order_unroutable(trade):
    trade.near.temperatures = ["ambient", "chilled"]
    trade.near.save()
    trade.sku("A", near=1)
    trade.sku("B", near=1, temperature="chilled")
    trade.take(trade.order("T1", ("A", 1, 500), ("B", 1, 700)))
    merging.seal(trade.get("T1").pk, "one box", no_split=True)
    trade.allocate()
    hold = Hold.objects.get(order=trade.get("T1"))
    assert (hold.reason, hold.detail) == ("unroutable", "no_split")


def test_a_seal_outlives_a_newer_version_and_is_not_inherited(goods):
    order = sell(goods, "T1")
    merging.seal(order.pk, "keep", no_split=True, no_merge=True)
    goods.take(goods.order("T1", ("A", 2, 1000), minutes=5))
    again = goods.get("T1")
    assert (again.no_split, again.no_merge) == (True, True)
    orders.create_replacement(order.pk, [(1, 1)], "broken", "k1")
    assert not goods.get("T1-Rk1").no_split
    assert replay.verify().differences == []


def test_the_list_merges_seals_and_finds(goods, log_in):
    first, second, third = (sell(goods, no) for no in ("T1", "T2", "T3"))
    client = log_in("ops")
    client.post("/orders/actions/", {"id": [first.pk, second.pk], "action": "merge", "note": "one box"})
    assert merges(first, second)[0] is not None
    client.post("/orders/actions/", {"id": [third.pk], "action": "no_merge", "note": "a gift"})
    assert goods.get("T3").no_merge
    assert shown(client.get("/orders/?merged=true"), first, second)
    assert not shown(client.get("/orders/?merged=true"), third)
    assert shown(client.get("/orders/?sealed=no_merge"), third)
    client.post(f"/orders/{first.pk}/act/", {"action": "unmerge", "note": "sorry"})
    assert merges(first, second) == [None, None]
