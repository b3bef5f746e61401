"""The order workbench and the exception queue, as pages."""

import re
from html import unescape

import pytest
from django.contrib.auth.models import User

from catalog.models import Shop
from core.models import SavedView
from oms.models import Hold


@pytest.fixture
def orders(trade):
    """Four orders of one SKU with three units: O1 to O3 are reserved, O4 is out of stock."""
    trade.sku("A", near=3)
    for number in range(1, 5):
        trade.take(trade.order(f"O{number}", ("A", 1, 1000 * number), minutes=number))
    trade.allocate()
    return [trade.get(f"O{number}") for number in range(1, 5)]


def numbers(answer):
    return re.findall(r'data-row aria-label="(O\d)"', answer.content.decode())


def said(client, path="/orders/"):
    return [
        re.sub(r"<.*?>", "", note) for note in re.findall(r'<div class="note.*?</div>', text(client.get(path)), re.S)
    ]


def text(answer):
    return unescape(answer.content.decode())


def test_orders_newest_first_by_status_and_by_what_goes_out_first(log_in, orders):
    client = log_in("ops")
    assert numbers(client.get("/orders/")) == ["O4", "O3", "O2", "O1"]
    assert numbers(client.get("/orders/", {"status": "backordered"})) == ["O4"]
    assert numbers(client.get("/orders/", {"sort": "received"})) == ["O1", "O2", "O3", "O4"]
    assert numbers(client.get("/orders/", {"sort": "ship_by", "status": "allocated"})) == ["O1", "O2", "O3"]
    assert numbers(client.get("/orders/", {"q": "O2"})) == ["O2"]


def test_the_tree_counts_what_the_user_sees(log_in, orders, trade):
    page = text(log_in("ops").get("/orders/"))
    assert re.search(r'data-set="status=allocated"[^>]*><span>[^<]+</span><b>3</b>', page)
    elsewhere = Shop.objects.create(platform="taobao", code="s2", name="s2")
    client = log_in("ops", shop_ids=[elsewhere.pk], all_warehouses=True)
    assert numbers(client.get("/orders/")) == []
    assert re.search(r'data-set="status=allocated"[^>]*><span>[^<]+</span><b>0</b>', text(client.get("/orders/")))


def test_all_that_match_are_held_and_each_refusal_is_said(log_in, orders, trade):
    client = log_in("ops")
    form = {"action": "hold", "note": "等客户回复", "all": "1", "filters": "status=allocated"}
    client.post("/orders/actions/", form)
    assert sorted(Hold.objects.filter(released_at=None).values_list("order__order_no", flat=True)) == ["O1", "O2", "O3"]
    assert "3" in said(client)[-1]
    assert trade.get("O4").status == "backordered"


def test_an_order_of_another_shop_is_out_of_reach_even_by_number(log_in, orders):
    elsewhere = Shop.objects.create(platform="taobao", code="s2", name="s2")
    client = log_in("ops", shop_ids=[elsewhere.pk], all_warehouses=True)
    client.post("/orders/actions/", {"action": "cancel", "id": [orders[0].pk]})
    client.post("/orders/actions/", {"action": "cancel", "all": "1"})
    assert not Hold.objects.exists()
    orders[0].refresh_from_db()
    assert orders[0].status == "allocated"


@pytest.mark.parametrize("form", [{}, {"action": "explode", "id": "1"}, {"action": "hold"}])
def test_a_choice_that_is_none_is_refused_in_words(log_in, orders, form):
    client = log_in("ops")
    assert client.post("/orders/actions/", form).status_code == 302
    assert len(said(client)) == 1
    assert not Hold.objects.exists()


def test_customer_service_looks_and_does_not_touch(log_in, orders):
    client = log_in("cs")
    page = text(client.get("/orders/"))
    assert "data-row" not in page
    assert client.post("/orders/actions/", {"action": "hold", "id": [orders[0].pk]}).status_code == 403


def test_a_fragment_costs_the_same_for_few_and_many(log_in, orders, trade, django_assert_max_num_queries):
    client = log_in("ops")
    SavedView.objects.create(user=User.objects.get(), page="oms.orders", name="v", querystring="status=held")
    with django_assert_max_num_queries(18):
        client.get("/orders/", headers={"HX-Request": "true"})
    for number in range(5, 10):
        trade.take(trade.order(f"O{number}", ("A", 1, 1000), minutes=number))
    with django_assert_max_num_queries(18):
        client.get("/orders/", headers={"HX-Request": "true"})
