"""A doubtful address is answered once: remembered per way of writing, said again of every waiting order, taken back."""

from dataclasses import replace

import pytest

from catalog.models import RateRow, RateSheet, Shop
from core import sweeper
from core.services import replay, vault
from oms.domain.canonical import CanonicalReceiver
from oms.models import AddressRule, Order
from oms.services import address_rules, orders
from oms.services.intake import Incoming, capture
from oms.services.orders import Remember
from tests.oms.test_intake import reasons

pytestmark = pytest.mark.django_db

# 江干区 was divided in 2021; no village says where 建福路 is.
ASKED = CanonicalReceiver(
    name="王小明", phone="13800138000", province="浙江省", city="杭州市", district="江干区", detail="建福路750号10-1337"
)
FOUND = replace(ASKED, district="钱塘区")


def ask(trade, no, detail=ASKED.detail, **overrides):
    return trade.order(no, ("A", 1, 500), receiver=replace(ASKED, detail=detail), **overrides)


def answer(trade, no="T1", receiver=FOUND, remember=Remember.SHOP):
    return orders.fix_address(trade.get(no).pk, receiver, "phoned the buyer", remember)


def plain(order):
    return vault.unseal([order.receiver_id])[order.receiver_id]


@pytest.fixture
def waiting(trade):
    trade.sku("A", near=90)
    for sheet in RateSheet.objects.all():
        RateRow.objects.create(sheet=sheet, province="浙江省", first_fen=500, step_fen=200)
    trade.take(ask(trade, "T1"), ask(trade, "T2", "建福路8号"), ask(trade, "T3", "四季青路9号"))
    return trade


def test_one_answer_settles_every_order_written_like_it(waiting):
    assert reasons(waiting.get("T2")) == ["address"]
    assert answer(waiting) == 1
    settled = waiting.get("T2")
    assert (settled.status, settled.district, settled.district_code) == ("ready", "钱塘区", "330114")
    assert (settled.address_status, settled.address_rule.made_by) == ("auto", "machine")
    assert settled.address_reasons[:2] == ["remembered", "split_unresolved"]
    assert plain(settled)["district"] == "钱塘区", "labels are made of the sealed receiver"
    assert plain(settled)["detail"] == "建福路8号"
    assert reasons(waiting.get("T3")) == ["address"], "another street may be in another district"
    assert replay.verify().ok


def test_the_next_order_written_like_it_asks_nobody(waiting):
    answer(waiting)
    waiting.take(ask(waiting, "T4", "建福路12号"), ask(waiting, "T5", "三卫路1号"))
    order = waiting.get("T4")
    assert (order.status, order.district, order.address_status) == ("ready", "钱塘区", "auto")
    assert plain(order)["district"] == "钱塘区"
    assert reasons(waiting.get("T5")) == ["address"]
    waiting.take(ask(waiting, "T4", "建福路12号", minutes=1, buyer_note="谢谢"))
    assert waiting.get("T4").district == "钱塘区", "a newer version of the order keeps it"
    assert replay.verify().ok


def test_an_answer_that_is_not_to_be_remembered_is_for_one_order(waiting):
    assert answer(waiting, remember=Remember.NOT) == 0
    assert reasons(waiting.get("T2")) == ["address"]
    assert not AddressRule.objects.exists()


def test_a_shops_answer_is_its_own_and_comes_before_everybodys(waiting):
    other = Shop.objects.create(platform="taobao", code="s2", name="s2")
    capture([Incoming(other.pk, ask(waiting, "T6", "建福路6号"))])
    answer(waiting)
    assert reasons(waiting.get("T6")) == ["address"]
    assert answer(waiting, "T6", replace(ASKED, district="上城区"), Remember.EVERYWHERE) == 0
    capture([Incoming(other.pk, ask(waiting, "T7", "建福路7号"))])
    waiting.take(ask(waiting, "T8", "建福路8号"))
    assert (waiting.get("T7").district, waiting.get("T8").district) == ("上城区", "钱塘区")


def test_taking_it_back_asks_again_unless_the_order_has_left(waiting):
    answer(waiting)
    waiting.take(ask(waiting, "T4", "建福路12号"))
    Order.objects.filter(order_no="T4").update(status="shipped")
    [rule] = AddressRule.objects.all()
    assert address_rules.forget(rule.pk) == 1
    again = waiting.get("T2")
    assert (again.status, again.district, again.address_status) == ("held", "上城区", "review")
    assert (again.address_rule, again.address_reasons[0]) == (None, "split_unresolved")
    assert plain(again)["district"] == "上城区"
    assert reasons(again) == ["address"]
    assert waiting.get("T1").address_status == "fixed", "what a person said of that very order stands"
    assert waiting.get("T4").district == "钱塘区"
    waiting.take(ask(waiting, "T5", "建福路1号"))
    assert reasons(waiting.get("T5")) == ["address"]
    assert address_rules.forget(rule.pk) == 0


def test_a_reserved_order_whose_answer_is_taken_back_may_not_ship(waiting):
    answer(waiting)
    waiting.allocate()
    assert waiting.get("T2").status == "allocated"
    assert address_rules.forget(AddressRule.objects.get().pk) == 1
    assert (waiting.get("T2").status, reasons(waiting.get("T2"))) == ("held", ["address"])
    assert replay.verify().ok


def test_a_better_answer_replaces_the_first_for_all_it_settled(waiting):
    answer(waiting)
    assert answer(waiting, "T1", replace(ASKED, district="上城区")) == 0, "the pattern of a corrected order is gone"
    assert answer(waiting, "T2", replace(ASKED, district="上城区")) == 0
    waiting.take(ask(waiting, "T4", "建福路12号"))
    assert waiting.get("T4").district == "上城区"
    assert AddressRule.objects.filter(forgotten_at=None).count() == 1


def test_a_column_nobody_knows_is_settled_whatever_the_street(trade):
    trade.sku("A", near=9)
    wrong = replace(ASKED, district="西糊区")
    for no, street in (("T1", "文三路1号"), ("T2", "曙光路2号")):
        trade.take(trade.order(no, ("A", 1, 500), receiver=replace(wrong, detail=street)))
    assert answer(trade, "T1", replace(ASKED, district="西湖区", detail="文三路1号")) == 1
    assert trade.get("T2").district == "西湖区"


def test_a_masked_street_cannot_stand_for_another(trade):
    trade.sku("A", near=9)
    trade.take(ask(trade, "T1", "建**路*号"), ask(trade, "T2", "建**路*号"))
    assert trade.get("T1").address_pattern == ""
    assert answer(trade) == 0
    assert reasons(trade.get("T2")) == ["address"]


def test_an_answer_that_is_no_district_is_not_remembered(waiting):
    assert answer(waiting, receiver=replace(ASKED, district="", detail="某处1号")) == 0
    assert not AddressRule.objects.exists()


def test_what_came_between_the_answer_and_its_orders_is_swept(waiting):
    rule = AddressRule.objects.create(
        shop=waiting.shop, pattern=waiting.get("T2").address_pattern, wrote="x", code="330114", made_by="user:x"
    )
    assert "oms.tasks.settle_addresses" in sweeper.overdue()
    assert address_rules.catch_up() == 2
    assert "oms.tasks.settle_addresses" not in sweeper.overdue()
    AddressRule.objects.filter(pk=rule.pk).update(forgotten_at="2026-11-11T12:00Z")
    assert "oms.tasks.settle_addresses" in sweeper.overdue()
    assert address_rules.catch_up() == 0
    assert "oms.tasks.settle_addresses" not in sweeper.overdue()


def test_many_orders_cost_as_many_queries_as_one(trade, django_assert_max_num_queries):
    trade.sku("A", near=90)
    trade.take(*(ask(trade, f"T{n}", f"建福路{n}号") for n in range(1, 42)))
    with django_assert_max_num_queries(60):
        assert answer(trade) == 40
    with django_assert_max_num_queries(30):
        assert address_rules.forget(AddressRule.objects.get().pk) == 40
    assert Order.objects.filter(address_status="review").count() == 40
    assert replay.verify().ok


def test_taking_orders_in_asks_once_for_all_answers(waiting, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert address_rules.known([waiting.shop.pk], [""]) == {}
    answer(waiting)
    tag = waiting.get("T2").address_pattern
    with django_assert_num_queries(1):
        assert set(address_rules.known([1, 2, waiting.shop.pk], [tag, "", tag])) == {(waiting.shop.pk, tag)}


@pytest.mark.parametrize("detail", ["***", "文**路**号", "********"])
def test_a_masked_receiver_goes_on_by_its_district(trade, detail):
    """The rest waits for the platform's waybill; nothing is held for it."""
    trade.sku("A", near=9)
    hidden = CanonicalReceiver(
        name="王**", phone="138****8000", province="浙江省", city="杭州市", district="西湖区", detail=detail,
        oaid="OAID-1", masked=True,
    )  # fmt: skip
    trade.take(trade.order("T1", ("A", 1, 500), receiver=hidden))
    order = trade.get("T1")
    assert (order.status, order.district_code, order.receiver_is_masked) == ("ready", "330106", True)
    assert order.address_reasons == ["masked"]


def form(**changes):
    data = {name: getattr(FOUND, name) for name in ("name", "phone", "province", "city", "district", "detail")}
    return {**data, "reason": "电话问过", "remember": "shop", **changes}


def test_the_page_of_a_held_order_asks_for_whom_the_answer_counts(waiting, log_in):
    ops = log_in("ops")
    url = f"/orders/{waiting.get('T1').pk}/"
    page = ops.get(url).content.decode()
    assert "还有 1 单在等同样的答案" in page
    assert 'name="remember"' in page
    page = ops.post(f"{url}address/", form(), follow=True).content.decode()
    assert "另外 1 单继续流转" in page
    assert waiting.get("T2").status == "ready"
    assert 'name="remember"' not in page, "nothing is asked any more"


def test_what_a_correction_leaves_empty_stays_as_it_was(waiting, log_in):
    waiting.take(ask(waiting, "T4", "建福路4号", buyer_note="轻放"))
    url = f"/orders/{waiting.get('T4').pk}/address/"
    log_in("ops").post(url, form(name="", phone="", detail="", remember="not"))
    order = waiting.get("T4")
    assert (order.address_status, order.receiver_name, order.address_masked) == ("fixed", "王**", "建福***")
    kept = plain(order)
    assert (kept["name"], kept["phone"], kept["detail"], kept["buyer_note"], kept["district"]) == (
        "王小明", "13800138000", "建福路4号", "轻放", "钱塘区",
    )  # fmt: skip


def test_a_newer_version_with_the_same_receiver_does_not_undo_a_correction(waiting):
    answer(waiting, remember=Remember.NOT)
    waiting.take(ask(waiting, "T1", minutes=1, seller_note="加急"))
    order = waiting.get("T1")
    assert (order.address_status, order.district, order.status) == ("fixed", "钱塘区", "ready")
    waiting.take(ask(waiting, "T1", "三卫路9号", minutes=2))
    assert waiting.get("T1").address_status == "review", "a new address is asked about anew"


def test_a_masked_receiver_stays_masked_and_keeps_its_handle(trade):
    hidden = CanonicalReceiver(
        name="王**", phone="138****8000", province="浙江省", city="杭州市", district="江干区", detail="建**路",
        oaid="OAID-1", masked=True,
    )  # fmt: skip
    trade.take(trade.order("T1", ("A", 1, 500), receiver=hidden))
    orders.fix_address(trade.get("T1").pk, CanonicalReceiver(province="浙江省", city="杭州市", district="钱塘区"))
    order = trade.get("T1")
    assert (order.receiver_is_masked, order.district, plain(order)["oaid"]) == (True, "钱塘区", "OAID-1")


def test_what_is_remembered_can_be_seen_and_taken_back(waiting, log_in):
    answer(waiting)
    ops = log_in("ops")
    page = ops.get("/exceptions/addresses/").content.decode()
    assert "浙江省 杭州市 江干区 建***" in page
    assert "钱塘区" in page
    url = f"/exceptions/addresses/{AddressRule.objects.get().pk}/forget/"
    assert "1 单重新待确认" in ops.post(url, follow=True).content.decode()
    assert reasons(waiting.get("T2")) == ["address"]
    assert ops.post(url).status_code == 404


def test_only_who_sees_every_shop_answers_for_every_shop(waiting, log_in):
    one = log_in("ops", all_shops=False, shop_ids=[waiting.shop.pk])
    url = f"/orders/{waiting.get('T1').pk}/address/"
    assert one.post(url, form(remember="everywhere")).status_code == 400
    assert not AddressRule.objects.exists()
