"""Typed holds block the steps they name and no others, and go by themselves when their cause goes."""

import pytest

from core.context import acting
from core.errors import Conflict
from core.selectors.rules import working
from core.services import replay
from oms.domain.canonical import OrderState
from oms.domain.status import HOLD_BLOCKS, HoldReason, Step, SubOrderStatus
from oms.models import ListEntry, Rescreening
from oms.selectors.pool import wave_pool
from oms.services import holds, lists, orders
from oms.services.allocation import allocate_ready
from oms.services.rescreening import rescreen_some
from oms.services.suborders import Departure, depart, move
from tests.oms.test_risk_rules import held, live, to, when

GUANGZHOU = to(city="广州市", district="天河区")
NOWHERE = to(province="", city="", district="", detail="西湖区文三路 1 号")


@pytest.fixture
def shop(trade):
    trade.sku("A", near=500)
    return trade


def walk():
    total = 0
    while looked_at := rescreen_some():
        total += looked_at
    return total


def own(order):
    return order.holds.get().released_by


def test_a_finance_check_locks_stock_and_keeps_it_from_leaving(shop):
    live(when("amount_minor", "gt", 100, hold="finance"))
    shop.take(shop.order("1", ("A", 2, 900)))
    assert (shop.get("1").status, shop.get("1").blocked) == ("ready", ["pick", "ship"])
    allocate_ready()
    order = shop.get("1")
    assert order.status == "held" and order.suborders.get().status == "reserved"
    assert list(wave_pool(shop.near.pk)) == []
    suborder = order.suborders.get()
    for step in (SubOrderStatus.WAVED, SubOrderStatus.PICKED, SubOrderStatus.PACKED):
        move([suborder.pk], step)
    with pytest.raises(Conflict) as caught:
        depart([Departure(suborder.pk, [("SF", "1")], {})])
    assert caught.value.code == "order_held"
    with acting("user:caiwu"):
        holds.release([order.holds.get().pk], "price is right")
    assert (shop.get("1").status, shop.get("1").blocked) == ("fulfilling", [])
    assert replay.verify().ok


def test_an_address_in_doubt_is_not_routed(shop):
    shop.take(
        shop.order("1", ("A", 1, 900), receiver=to(province="", city="", district="", detail="西湖区文三路 1 号"))
    )
    allocate_ready()
    order = shop.get("1")
    assert order.status == "held" and "allocate" in order.blocked and not order.suborders.exists()


def test_no_route_keeps_nothing_else_from_happening():
    assert HOLD_BLOCKS[HoldReason.UNROUTABLE] == {Step.ALLOCATE}
    assert all(HOLD_BLOCKS[reason] for reason in HoldReason)


def test_holds_go_one_by_one_and_the_last_frees_the_step(shop):
    live(when("amount_minor", "gt", 100, hold="finance", name="f"), when("units", "gt", 1, hold="velocity", name="v"))
    shop.take(shop.order("1", ("A", 2, 900)))
    assert shop.get("1").blocked == ["allocate", "pick", "ship"]
    shop.take(shop.order("1", ("A", 1, 900), minutes=1))
    assert (held(shop, "1"), shop.get("1").blocked) == (["finance"], ["pick", "ship"])
    shop.take(shop.order("1", ("A", 1, 90), minutes=2))
    assert (held(shop, "1"), shop.get("1").status) == ([], "ready")


def test_a_name_struck_off_the_blacklist_frees_its_orders(shop):
    entry = lists.add(lists.phone("13800138000"), "fraud")
    walk()
    shop.take(shop.order("1", ("A", 1, 900)), shop.order("2", ("A", 1, 900), receiver=to(phone="13900139000")))
    entry.is_active = False
    lists.change(entry)
    assert walk() and held(shop, "1") == []
    assert (shop.get("1").status, own(shop.get("1"))) == ("ready", "machine")
    assert Rescreening.objects.filter(done_at=None).count() == 0


def test_a_name_put_on_the_blacklist_holds_what_has_not_left(shop):
    shop.take(shop.order("1", ("A", 1, 900)))
    allocate_ready()
    lists.add(lists.of_order("address", shop.get("1")), "fraud")
    walk()
    assert (held(shop, "1"), shop.get("1").status) == (["blacklist"], "held")


def test_a_name_put_on_the_whitelist_frees_its_orders(shop):
    live(when("amount_minor", "gt", 100, hold="amount"))
    shop.take(shop.order("1", ("A", 1, 900)))
    lists.add(lists.phone("13800138000"), "known", ListEntry.Side.WHITE)
    walk()
    assert held(shop, "1") == []


def test_a_new_version_frees_what_it_no_longer_asks_and_holds_what_it_does(shop):
    live(when("area", "within", ["4403"], hold="stopped_area", name="stopped"))
    shop.take(shop.order("sz", ("A", 1, 900)), shop.order("gz", ("A", 1, 900), receiver=GUANGZHOU))
    assert [held(shop, no) for no in ("sz", "gz")] == [["stopped_area"], []]
    live(when("area", "within", ["4401"], hold="stopped_area", name="stopped"))
    assert walk()
    assert [held(shop, no) for no in ("sz", "gz")] == [[], ["stopped_area"]]
    walked = Rescreening.objects.get(rule_set_id=working("risk").pk)
    assert (walked.looked_at, walked.changed) == (2, 2)
    assert walk() == 0


def test_a_new_version_asks_nothing_that_a_person_has_answered(shop):
    live(when("amount_minor", "gt", 100, hold="amount", name="dear"))
    shop.take(shop.order("1", ("A", 1, 900)))
    with acting("user:chen"):
        holds.release([shop.get("1").holds.get().pk], "phoned")
    live(when("amount_minor", "gt", 100, hold="amount", name="dear"), when("units", "gt", 9, name="more"))
    walk()
    assert held(shop, "1") == []


def test_walking_leaves_holds_of_other_kinds_alone(shop):
    shop.take(shop.order("1", ("A", 1, 900), test=True))
    holds.hold([shop.get("1").pk], "wait")
    before = list(shop.get("1").holds.order_by("seq").values())
    live(when("units", "gt", 5))
    walk()
    assert list(shop.get("1").holds.order_by("seq").values()) == before


def test_a_corrected_address_leaves_the_stopped_area(shop):
    live(when("area", "within", ["4403"], hold="stopped_area"))
    shop.take(shop.order("1", ("A", 1, 900)))
    orders.fix_address(shop.get("1").pk, to(city="广州市", district="天河区", detail="体育西路 1 号"), "moved")
    assert (held(shop, "1"), shop.get("1").status) == ([], "ready")


def test_a_completed_payment_ends_the_finance_check(shop):
    live(when("unpaid_minor", "gt", 0, hold="finance", name="owed"))
    shop.take(shop.order("1", ("A", 1, 900), paid_minor=100))
    assert held(shop, "1") == ["finance"]
    shop.take(shop.order("1", ("A", 1, 900), minutes=1))
    assert held(shop, "1") == [] and own(shop.get("1")) == "machine"


def test_a_cancelled_order_is_held_for_nothing(shop):
    live(when("amount_minor", "gt", 100, hold="finance"))
    shop.take(shop.order("1", ("A", 1, 900)))
    shop.take(shop.order("1", ("A", 1, 900), minutes=1, state=OrderState.CANCELLED, shippable=False))
    assert (held(shop, "1"), shop.get("1").status) == ([], "cancelled")


def test_a_walk_goes_on_where_it_was_and_ends_at_the_orders_of_its_beginning(shop, monkeypatch):
    monkeypatch.setattr("oms.services.rescreening.BATCH", 2)
    shop.take(*[shop.order(str(n), ("A", 1, 900)) for n in range(5)])
    live(when("amount_minor", "gt", 100, hold="amount"))
    assert rescreen_some() == 2
    shop.take(shop.order("late", ("A", 1, 900)))
    assert rescreen_some() == 2 and rescreen_some() == 1
    walk()
    assert Rescreening.objects.get().looked_at == 5
    assert all(held(shop, no) == ["amount"] for no in (*"01234", "late"))


def key_of(hold_id):
    """As the inbox names a hold."""
    return hold_id * 64 + 1


def test_who_may_release_what(shop, log_in):
    live(when("amount_minor", "gt", 100, hold="finance", name="f"), when("units", "gt", 0, hold="velocity", name="v"))
    shop.take(shop.order("1", ("A", 1, 900)))
    ids = {hold.reason: hold.pk for hold in shop.get("1").holds.all()}
    send = {"action": "release", "id": [key_of(pk) for pk in ids.values()], "note": "x"}
    log_in("cs").post("/exceptions/actions/", send)
    assert held(shop, "1") == ["finance", "velocity"]
    log_in("finance").post("/exceptions/actions/", send)
    assert held(shop, "1") == ["velocity"]
    shop.take(shop.order("2", ("A", 1, 901)))
    client = log_in("ops")
    client.post(f"/orders/{shop.get('2').pk}/act/", {"action": "release", "note": "x"})
    assert held(shop, "2") == ["finance"]
    refused = client.post(f"/orders/{shop.get('2').pk}/act/", {"action": "release", "note": "x"}, follow=True)
    assert "财审异常由财务放行" in refused.content.decode() and held(shop, "2") == ["finance"]
