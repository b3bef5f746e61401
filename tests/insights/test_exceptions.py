"""One inbox for every step: what is in it, who sees it, what its buttons do."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User

from catalog.models import Barcode, Shop
from catalog.selectors.matching import Named
from catalog.selectors.suggestions import evident
from core import clock
from core.models import (
    AuditEntry,
    Delivery,
    Event,
    ExceptionOwner,
    InboxMessage,
    Job,
    OpenException,
    RefusedPush,
    UserScope,
)  # fmt: skip
from core.selectors import worklist as select
from core.services import jobs, replay, rules
from core.services.roles import sync_roles
from fulfillment.models import Parcel, Waybill
from fulfillment.services import waybills
from integrations.models import OrderFetch, ShopHour, ShopPull
from oms.models import Hold
from oms.services import holds
from tests.fulfillment.floor import Floor
from tests.oms.test_address_rules import ASKED
from tests.oms.test_matching import bought
from tests.oms.trade import Trade

pytestmark = pytest.mark.django_db
URL, ACT = "/exceptions/", "/exceptions/actions/"


@pytest.fixture
def log_in(db, client):
    sync_roles()

    def as_role(role, **scope):
        user = User.objects.create_user(f"{role}{User.objects.count()}")
        user.groups.add(Group.objects.get(name=role))
        UserScope.objects.create(user=user, **(scope or {"all_shops": True, "all_warehouses": True}))
        client.force_login(user)
        return client

    return as_role


@pytest.fixture
def trade(db):
    return Trade()


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def one(reason):
    return OpenException.objects.get(reason=reason)


def fix(client, row, **more):
    return client.post(ACT, {"one": row.pk, **more}, follow=True).content.decode()


def test_holds_are_taken_handed_over_and_released(log_in, trade):
    trade.sku("A", near=9)
    trade.take(trade.order("T1", ("A", 1, 100)), trade.order("T2", ("A", 1, 100)))
    holds.hold([trade.get("T1").pk, trade.get("T2").pk], "核对")
    client = log_in("ops")
    page = text(client.get(URL))
    assert page.count("data-row") == 2 and page.count("data-fix") == 2 and "核对" in page
    assert '<b class="badge-n">2</b>' in page
    client.post(ACT, {"action": "take", "all": "1", "filters": ""})
    me = f"user:{User.objects.get().username}"
    assert set(Hold.objects.values_list("owner", flat=True)) == {me}
    assert text(client.get(URL, {"mine": "true"})).count("data-row") == 2
    client.post(ACT, {"action": "give", "to": "cs", "all": "1", "filters": ""})
    assert set(Hold.objects.values_list("owner", flat=True)) == {"cs"}
    first = Hold.objects.get(order__order_no="T1")
    client.post(ACT, {"action": "release", "note": "好了", "id": [first.pk * 64 + 1]})
    first.refresh_from_db()
    assert (first.note, first.released_by, first.released_at is None) == ("好了", me, False)
    fix(client, one("manual"), note="也好了")
    assert "没有需要人工处理的" in text(client.get(URL))
    assert replay.verify().ok


def test_a_guessed_address_is_confirmed_and_a_code_matched_by_one_press(log_in, trade):
    trade.sku("A-1", near=9)
    trade.take(
        trade.order("T1", ("A-1", 1, 500), receiver=ASKED),
        bought(trade, "T2", "a1", "L9"),
        bought(trade, "T3", "zz", "L8"),
    )
    client = log_in("ops")
    page = text(client.get(URL))
    guess = trade.get("T1").address_guess
    assert guess and trade.get("T1").district in page
    assert page.count("data-fix") == 2, "nothing is known of T3's product: no button, but words"
    fix(client, one("address"), note="电话问过")
    done = trade.get("T1")
    assert (done.address_status, done.district_code, done.open_holds) == ("fixed", guess, 0)
    assert AuditEntry.objects.get(action="order.confirm_address").reason == "电话问过"
    fix(client, OpenException.objects.get(about="T2"))
    assert trade.get("T2").lines.get().sku.code == "A-1" and trade.get("T2").open_holds == 0
    said = fix(client, OpenException.objects.get(about="T3"))
    assert trade.get("T3").open_holds == 1 and 'role="alert"' in said
    assert replay.verify().ok


def test_stock_is_looked_for_again(log_in, trade):
    sku = trade.sku("A")
    trade.take(trade.order("T1", ("A", 2, 100)))
    trade.allocate()
    row = one("backordered")
    assert row.detail == "A ×2"
    trade.stock(sku, near=5)
    fix(log_in("ops"), row)
    assert trade.get("T1").status == "ready"


def test_a_carrier_is_asked_again(log_in, monkeypatch):
    floor = Floor()
    floor.sku("A", near=20)
    floor.carrier_office.refuse.add("T1")
    floor.carrier_office.silent.add("T2")
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 100))
    floor.wave()
    waybills.fetch(list(Parcel.objects.values_list("id", flat=True)))
    client = log_in("ops")
    assert "the street is unknown" in fix(client, one("waybill_refused")), "asked, refused again, and it says so"
    floor.carrier_office.refuse.clear()
    fix(client, one("waybill_refused"))
    fix(client, one("waybill_unknown"))
    assert not OpenException.objects.filter(kind=8).exists()
    assert Waybill.objects.filter(state="bound").count() == 2


def parked(source="channel:taobao:s1", code="bad_amount", body=b"{}", key="k"):
    return InboxMessage.objects.create(
        source=source, delivery_key=key, body=body, state="dead", attempts=5, error_code=code, error="x"
    )


def test_messages_events_gaps_lists_and_jobs_are_tried_again(log_in, trade):
    message = parked()
    event = Event.objects.create(
        stream="fulfillment.parcel:7", version=1, type="fulfillment.parcel_shipped", payload={}, actor="machine",
        occurred_at=clock.now(),
    )  # fmt: skip
    owed = Delivery.objects.create(
        event=event, subscriber="integrations.ship_back", stream=event.stream, type=event.type, state="dead", attempts=9
    )
    hour = ShopHour.objects.create(shop=trade.shop, hour=clock.now(), total=1, missing=["T9"])
    fetch = OrderFetch.objects.create(shop=trade.shop, order_no="T8", via="pull", attempts=12, next_at=None)
    pull = ShopPull.objects.create(
        shop=trade.shop, since=clock.now(), read_from=clock.now(), error_code="401", failures=9,
        next_at=clock.now() + timedelta(hours=1),
    )  # fmt: skip
    job = Job.objects.create(kind="x", title="J", state="failed", attempts=3, finished_at=clock.now())
    client = log_in("ops")
    page = text(client.get(URL))
    assert page.count("data-fix") == 6
    for reason in ("message_parked", "ship_back_failed", "orders_missing", "order_not_given", "list_unreadable",
                   "job_failed"):  # fmt: skip
        row = one(reason)
        for _click in range(3):
            fix(client, row)
    for row in (message, owed, hour, fetch, pull, job):
        row.refresh_from_db()
    assert (message.state, owed.state, job.state) == ("new", "pending", "queued")
    assert (hour.again, fetch.attempts, pull.next_at <= clock.now()) == (True, 0, True)
    assert AuditEntry.objects.filter(action="inbox.replay").count() == 1, "three clicks replay once"


def test_every_kind_can_be_asked(trade):
    """The view itself is right SQL for every kind."""
    assert list(OpenException.objects.all()) == []
    RefusedPush.objects.create(
        source="channel:taobao:s1", reason="signature_mismatch", hour=datetime.now(UTC) - timedelta(hours=2), count=3
    )
    assert one("push_refused").shop_id == trade.shop.pk


def test_the_wall(log_in, trade):
    other = Shop.objects.create(platform="jd", code="s2", name="s2")
    parked(), parked("channel:jd:s2", key="j"), parked("carrier:sf", key="c")
    assert text(log_in("ops").get(URL)).count("data-row") == 3
    assert text(log_in("ops", shop_ids=[other.pk], all_warehouses=True).get(URL)).count("data-row") == 1
    assert "message_parked" not in text(log_in("cs").get(URL))
    assert "message_parked" not in text(log_in("finance").get(URL))
    client = log_in("ops", shop_ids=[other.pk], all_warehouses=True)
    fix(client, OpenException.objects.get(shop_id=trade.shop.pk))
    assert InboxMessage.objects.filter(state="dead").count() == 3, "out of sight is out of reach"
    assert log_in("picker").get(URL).status_code == 403
    assert log_in("cs").post(ACT, {"action": "take", "all": "1"}).status_code == 403


def test_a_clock_runs_by_the_reason_and_rules_may_set_it(log_in, trade):
    message = parked()
    for minutes, left in ((0, "time"), (25, "soon"), (31, "late")):
        InboxMessage.objects.update(received_at=clock.now() - timedelta(minutes=minutes))
        assert select.with_clocks(OpenException.objects.all()).get().left == left
    client = log_in("ops")
    assert text(client.get(URL, {"late": "true"})).count("data-row") == 1
    row = {"name": "slow", "conditions": [{"field": "reason", "op": "eq", "value": "message_parked"}],
           "action": {"due_minutes": 600}}  # fmt: skip
    rules.publish(rules.draft("exception", [row]).pk)
    assert select.with_clocks(OpenException.objects.all()).get().left == "time"
    assert text(client.get(URL, {"late": "true"})).count("data-row") == 0
    assert one("message_parked").ref == message.pk


def test_an_owner_of_a_row_that_keeps_none_itself(log_in, trade):
    parked()
    client = log_in("ops")
    for _again in range(2):
        client.post(ACT, {"action": "give", "to": "master", "all": "1", "filters": ""})
    assert one("message_parked").owner == "master"
    assert ExceptionOwner.objects.count() == 1
    client.post(ACT, {"action": "give", "to": "nobody-we-know", "all": "1", "filters": ""})
    assert one("message_parked").owner == "master"


def test_many_are_settled_by_a_job_with_an_answer_per_row(log_in, trade):
    for n in range(60):
        parked(key=f"k{n}")
    trade.take(bought(trade, "T1", "zz", "L8"))
    client = log_in("ops")
    answer = client.post(ACT, {"action": "fix", "all": "1", "filters": "", "note": "mended"})
    job = Job.objects.get()
    assert answer.url == f"/exceptions/jobs/{job.pk}/"
    assert "61" in text(client.get(answer.url))
    assert jobs.run_next()
    job.refresh_from_db()
    assert (job.state, job.done, job.failed) == ("done", 60, 1)
    assert [row["ref"] for row in job.results] == ["T1"]
    assert InboxMessage.objects.filter(state="new").count() == 60
    assert client.get(f"/exceptions/jobs/{job.pk}/", headers={"HX-Request": "true"}).status_code == 200
    assert log_in("ops").get(answer.url).status_code == 404, "another one's run"


def test_finance_settles_what_is_finances(log_in, trade):
    trade.sku("A", near=9)
    rule = {"name": "f", "conditions": [], "action": {"hold": "finance"}}
    rules.publish(rules.draft("risk", [rule]).pk)
    trade.take(trade.order("T1", ("A", 1, 100)))
    row = one("finance")
    assert "data-fix" not in text(log_in("ops").get(URL))
    fix(log_in("ops"), row)
    assert trade.get("T1").open_holds == 1
    fix(log_in("finance"), row)
    assert trade.get("T1").open_holds == 0


def test_a_page_of_many_costs_what_a_page_of_few_costs(log_in, trade, django_assert_max_num_queries):
    InboxMessage.objects.bulk_create(
        InboxMessage(source="channel:taobao:s1", delivery_key=f"k{n}", body=b"", state="dead", error_code="not_json")
        for n in range(200)
    )
    trade.take(*[bought(trade, f"T{n}", "zz", "L8") for n in range(30)])
    client = log_in("ops")
    with django_assert_max_num_queries(22):
        client.get(URL, {"sort": "-waiting"}, headers={"HX-Request": "true"})
    page, seen = text(client.get(URL)), set()
    while True:
        seen |= set(re.findall(r'name="id" value="(\d+)"', page))
        following = re.search(r'rel="next" href="\?([^"]+)"', page)
        if following is None:
            break
        page = text(client.get(f"{URL}?{following[1]}"))
    assert len(seen) == 230


@pytest.mark.parametrize("form", [{}, {"one": "x"}, {"one": "1"}, {"action": "fix"}, {"action": "?", "all": "1"}])
def test_a_choice_that_is_none_is_refused_in_words(log_in, trade, form):
    parked()
    assert log_in("ops").post(ACT, form, follow=True).status_code == 200
    assert InboxMessage.objects.get().state == "dead"


def test_barcodes_speak_before_letters(trade):
    _a, b = trade.sku("A"), trade.sku("B")
    Barcode.objects.create(sku=b, code="a")
    named = [Named(1, "", "a"), Named(1, "a", ""), Named(1, "", "b."), Named(1, "", "?")]
    assert {key: one.sku_id for key, one in evident(named).items()} == {named[0]: b.pk, named[1]: b.pk, named[2]: b.pk}


def test_a_parked_message_shows_its_shape_and_is_replayed_from_its_page(log_in, trade):
    message = parked(body=b'{"tid": "T77", "receiver_name": "\xe7\x8e\x8b\xe4\xba\x94", "mobile": "13800138000"}')
    client, url = log_in("ops"), f"/messages/{message.pk}/"
    page = text(client.get(url))
    assert "T77" in page and "bad_amount" in page and "金额" in page
    assert "王五" not in page and "13800138000" not in page
    for _click in range(3):
        client.post("/messages/replay/", {"message": message.pk, "next": url, "note": "x"})
    message.refresh_from_db()
    assert message.state == "new" and AuditEntry.objects.filter(action="inbox.replay").count() == 1
    assert 'name="message"' not in text(client.get(url)), "nothing to press now"


def test_messages_of_another_shop_are_neither_seen_nor_replayed(log_in, trade):
    Shop.objects.create(platform="jd", code="s2", name="s2")
    mine, theirs = parked(key="mine"), parked("channel:jd:s2", key="theirs")
    RefusedPush.objects.create(source="channel:jd:s2", reason="no_secret", hour=clock.now(), count=1)
    client = log_in("ops", shop_ids=[trade.shop.pk], all_warehouses=True)
    page = text(client.get("/messages/"))
    assert "channel:taobao:s1" in page and "channel:jd:s2" not in page
    assert client.get(f"/messages/{theirs.pk}/").status_code == 404
    client.post("/messages/replay/", {"message": [mine.pk, theirs.pk]})
    assert set(InboxMessage.objects.values_list("delivery_key", "state")) == {("mine", "new"), ("theirs", "dead")}
