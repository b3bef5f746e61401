"""The page that proves it: per shop and hour, the platform's count, ours, and the gap by name."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.utils import timezone

from catalog.models import Shop
from core.models import AuditEntry, InboxMessage, UserScope
from core.services.roles import sync_roles
from integrations.models import OrderFetch, ShopHour, ShopPull
from integrations.selectors import completeness

NOW = timezone.now()
HOUR = NOW.replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def shops(db):
    return [Shop.objects.create(platform=name, code=f"s-{name}", name=f"{name} 店") for name in ("jd", "taobao")]


@pytest.fixture
def ops(client, db):
    """Logs in somebody of operations who sees `shops` (None: all)."""
    sync_roles()

    def log_in(shops=None):
        user = User.objects.create(username="o")
        user.groups.add(Group.objects.get(name="ops"))
        UserScope.objects.create(user=user, all_shops=shops is None, shop_ids=[shop.pk for shop in shops or []])
        client.force_login(user)
        return user

    return log_in


def count(shop, total, pushed, pulled=0, missing=(), ago=1):
    at = HOUR - timedelta(hours=ago)
    return ShopHour.objects.create(
        shop=shop, hour=at, total=total, pushed=pushed, pulled=pulled, missing=list(missing), checked_at=NOW
    )


def read(shop, **about):
    return ShopPull.objects.create(shop=shop, since=NOW, read_from=NOW, **{"complete_to": NOW} | about)


def text(answer):
    return answer.content.decode()


def test_nothing_missing_is_said_in_so_many_words(client, ops, shops):
    ops()
    count(shops[0], 9, 8, 1)
    read(shops[0])

    page = text(client.get("/completeness/"))

    assert "一单不缺" in page
    assert "已读到最新" in page
    assert "还没读过" in page  # the other shop


def test_a_gap_is_named_with_its_reason_and_a_button(client, ops, shops):
    ops()
    row = count(shops[1], 3, 1, 0, ["T-1", "T-2"])
    read(shops[1])
    source = f"channel:taobao:{shops[1].code}"
    InboxMessage.objects.create(
        source=source, delivery_key="pull:T-1:x", body=b"{}", state="dead", error_code="bad_quantity"
    )
    OrderFetch.objects.create(shop=shops[1], order_no="T-2", via="pull", attempts=4, error_code="isv.trade-not-exist")

    page = text(client.get("/completeness/"))

    assert "缺 2 单" in page
    assert "T-1" in page
    assert "isv.trade-not-exist" in page
    assert f"/completeness/{row.pk}/again/" in page


def test_a_list_that_cannot_be_read_says_why(client, ops, shops):
    ops()
    read(shops[0], error_code="isv.invalid-session", error="x", failures=2)

    assert "店铺授权已过期" in text(client.get("/completeness/"))


def test_a_list_that_is_behind_says_so(client, ops, shops):
    ops()
    read(shops[0], complete_to=NOW - timedelta(hours=26))

    assert "追赶中" in text(client.get("/completeness/"))


def test_the_button_pulls_one_hour_again_once_and_is_on_record(client, ops, shops):
    ops()
    row = count(shops[0], 1, 0, 0, ["J-1"])

    for _press in range(3):
        client.post(f"/completeness/{row.pk}/again/")

    row.refresh_from_db()
    assert row.again
    assert AuditEntry.objects.filter(action="pull.again").count() == 1
    assert "正在重拉" in text(client.get("/completeness/"))


def test_the_hours_are_those_of_the_chosen_shop(client, ops, shops):
    ops()
    count(shops[0], 111, 100, 11)
    count(shops[1], 222, 200, 22)

    page = text(client.get("/completeness/", {"shop": shops[1].pk}, headers={"HX-Request": "true"}))

    assert "<html" not in page
    assert page.count(">222<") == 2  # in the list of shops and in its hours
    assert page.count(">111<") == 1


def test_nobody_sees_another_shops_orders(client, ops, shops):
    user = ops([shops[0]])
    row = count(shops[1], 1, 0, 0, ["SECRET-1"])
    OrderFetch.objects.create(shop=shops[1], order_no="SECRET-2", via="pull", attempts=4)

    page = text(client.get("/completeness/", {"shop": shops[1].pk}))

    assert "SECRET" not in page
    assert shops[1].name not in page
    assert client.post(f"/completeness/{row.pk}/again/").status_code == 404
    assert completeness.open_gaps(user) == 0


def test_the_page_asks_as_much_for_many_hours_as_for_few(client, ops, shops, django_assert_max_num_queries):
    ops()
    for ago in range(1, 40):
        for shop in shops:
            count(shop, 2, 1, 0, [f"{shop.pk}-{ago}"], ago)

    with django_assert_max_num_queries(21):
        client.get("/completeness/")
