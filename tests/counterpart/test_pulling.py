"""What no message brought comes from the platforms' own lists, whatever goes wrong on the way."""

import json
from datetime import timedelta
from random import Random

import pytest
from django.db.models import F
from django.db.models.functions import Now

from catalog.models import Shop, Sku
from catalog.services.shops import set_access
from core import clock
from core.models import Event, InboxMessage
from integrations.channels.purchases import amend, ask_refund, cancel, invent
from integrations.models import LateOrder, OrderFetch, ShopHour, ShopPull
from integrations.registry import CHANNELS, channel
from integrations.services import shop_keys
from integrations.services.drain import drain_channels
from integrations.services.pull import cursor, hours, leases, run
from integrations.services.pull.run_time import OutOfTime
from integrations.services.trial_orders import sellables
from oms.models import Order
from tests.factories.channels import SECRETS
from tests.integrations.test_hooks import post, signed

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PLATFORMS = sorted(CHANNELS)


@pytest.fixture(autouse=True)
def shops(db, contracts, tell):
    for number in range(3):
        Sku.objects.create(code=f"SKU-{number}", name=f"商品 {number}", cost_fen=1000 + number)
    made = {}
    for name in CHANNELS:
        made[name] = Shop.objects.create(platform=name, code="s1", name=name, currency="CNY")
        keys = {"app_key": f"app-{name}", "secret": SECRETS[name], "access_token": f"token-{name}"}
        set_access(made[name], [SECRETS[name]], **keys)
        tell("shops", {"platform": name, **keys})
    shop_keys.forget()
    yield made
    shop_keys.forget()


@pytest.fixture
def sell(tell, shops):
    """Tell the platform of purchases; nothing is pushed."""

    def told(platform, *purchases):
        messages = [channel(platform).render(purchase) for purchase in purchases]
        tell("orders", [{"platform": platform, "body": json.loads(message.body)} for message in messages])
        return messages

    return told


def bought(shop, count=1, *, age=10 * MINUTE, apart=timedelta(seconds=20), seed=5):
    """Purchases paid from `age` ago on, `apart` from each other."""
    rng, start = Random(seed), clock.now().replace(microsecond=0) - age - MINUTE
    return [invent(rng, sellables(shop), start + number * apart, currency="CNY") for number in range(count)]


def drain():
    while drain_channels():
        pass


def serve(*platforms):
    """A turn for each of these shops (all of them without a name), and the inbox applied."""
    leases.claim()  # makes the rows
    ShopPull.objects.update(lease_until=None, next_at=Now() + HOUR)
    chosen = ShopPull.objects.filter(shop__platform__in=platforms) if platforms else ShopPull.objects.all()
    chosen.update(next_at=Now() - MINUTE)
    while run.next_shop():
        drain()


def pull_of(platform):
    return ShopPull.objects.get(shop__platform=platform)


def place(platform):
    row = pull_of(platform)
    return row.read_from, row.complete_to


def here():
    return set(Order.objects.values_list("platform", "order_no"))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_orders_that_were_never_pushed_come_from_the_list(platform, shops, sell):
    messages = sell(platform, *bought(shops[platform], 5))

    serve(platform)

    assert here() == {(platform, message.order_no) for message in messages}
    assert LateOrder.objects.count() == 5
    assert InboxMessage.objects.exclude(outcome="created").count() == 0


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_listed_copy_of_a_pushed_order_changes_nothing(platform, shops, sell, client):
    [message] = sell(platform, *bought(shops[platform]))
    post(client, platform, signed(platform, message))
    drain()
    before = list(Order.objects.values()), Event.objects.count()

    for _turn in range(3):
        serve(platform)

    assert (list(Order.objects.values()), Event.objects.count()) == before
    assert sorted(InboxMessage.objects.values_list("outcome", flat=True)) == ["created", "same"]
    assert not LateOrder.objects.exists()


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_change_that_was_never_pushed_comes_too(platform, shops, sell, client):
    [purchase] = bought(shops[platform], age=30 * MINUTE)
    [message] = sell(platform, purchase)
    post(client, platform, signed(platform, message))
    drain()
    serve(platform)

    sell(platform, cancel(amend(Random(1), purchase, clock.now() - 2 * MINUTE), clock.now() - MINUTE))
    serve(platform)

    assert Order.objects.get().pay_state in ("cancelled", "refunded")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_outage_of_26_hours_heals_by_itself(platform, shops, sell, tell):
    """Neither web nor worker for 26 hours, and the platforms gave up pushing: more than their queues keep (24 h)."""
    serve(platform)
    gone = clock.now() - 26 * HOUR
    ShopPull.objects.update(read_from=gone - cursor.OVERLAP, complete_to=gone, since=gone - 48 * HOUR)
    ShopHour.objects.all().delete()
    messages = sell(platform, *bought(shops[platform], 160, age=26 * HOUR, apart=9.7 * MINUTE))
    tell("faults", {"path": "/", "mode": "error", "rate": 0.05, "count": 5})

    for _turn in range(2):
        serve(platform)
        ShopHour.objects.update(next_check_at=Now() - MINUTE)
    serve(platform)

    assert here() == {(platform, message.order_no) for message in messages}
    counted = ShopHour.objects.filter(total__gt=0)
    assert sum(row.pulled for row in counted) == 160
    assert [row.missing for row in counted if row.missing] == []
    assert clock.now() - pull_of(platform).complete_to < MINUTE


FAULTS = [{"mode": "error"}, {"mode": "drop_before"}, {"mode": "bad_body"}, {"mode": "429", "seconds": 600}]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["mode"])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_cursor_never_moves_on_an_error(platform, fault, shops, sell, tell):
    serve(platform)
    sell(platform, *bought(shops[platform], 2, age=5 * MINUTE))
    before = place(platform)
    tell("faults", {"path": "/", "count": 99, **fault})

    serve(platform)

    row = pull_of(platform)
    assert place(platform) == before
    assert (row.failures, row.error_code != "", row.lease_until) == (1, True, None)
    assert row.next_at > clock.now()


def test_a_pause_that_the_platform_asks_for_is_kept_even_when_somebody_is_in_a_hurry(shops, sell, tell):
    serve("shopify")
    tell("faults", {"path": "/admin", "mode": "429", "seconds": 300})
    serve("shopify")
    due = pull_of("shopify").next_at
    assert due - clock.now() > 4 * MINUTE

    leases.hurry({shops["shopify"].pk})

    assert pull_of("shopify").next_at == due


@pytest.mark.parametrize("broken_at", range(1, 9))
def test_whatever_call_fails_nothing_before_the_cursor_is_missing(broken_at, shops, sell, tell, monkeypatch):
    """Taobao's list and every look-up behind it, broken at each place in turn."""
    serve("taobao")
    long_ago = clock.now() - 3 * HOUR
    ShopPull.objects.update(read_from=long_ago, complete_to=long_ago, step_seconds=1800)
    purchases = bought(shops["taobao"], 12, age=2 * HOUR, apart=9 * MINUTE)
    messages = sell("taobao", *purchases)
    modified = {message.order_no: purchase for message, purchase in zip(messages, purchases, strict=True)}
    calls = iter(range(1, 10_000))
    keep = leases.Lease.keep

    def keep_and_break(lease):
        keep(lease)
        if next(calls) == broken_at:
            tell("faults", {"path": "/router", "mode": "error", "count": 3})

    monkeypatch.setattr(leases.Lease, "keep", keep_and_break)

    for _turn in range(4):
        serve("taobao")
        complete = pull_of("taobao").complete_to
        owed = set(OrderFetch.objects.values_list("order_no", flat=True))
        due = {no for no, purchase in modified.items() if purchase.modified_at < complete}
        assert due <= {no for _platform, no in here()} | owed
        OrderFetch.objects.update(next_at=Now() - MINUTE)

    assert {no for _platform, no in here()} == set(modified)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_order_that_is_seen_late_is_caught_by_the_overlap(platform, shops, sell):
    serve(platform)
    [message] = sell(platform, *bought(shops[platform], age=12 * MINUTE))
    ShopHour.objects.update(next_check_at=None)

    serve(platform)

    assert here() == {(platform, message.order_no)}


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_order_that_is_seen_later_still_is_named_by_the_count_and_fetched(platform, shops, sell):
    serve(platform)
    [message] = sell(platform, *bought(shops[platform], age=3 * HOUR))
    ShopHour.objects.update(next_check_at=Now() - MINUTE)

    for _turn in range(3):
        serve(platform)
        gaps = {number for row in ShopHour.objects.all() for number in row.missing}
        if gaps:
            break
    assert gaps == {message.order_no}
    for _turn in range(3):
        ShopHour.objects.exclude(missing=[]).update(next_check_at=Now() - MINUTE)
        serve(platform)

    assert here() == {(platform, message.order_no)}
    assert not ShopHour.objects.exclude(missing=[]).exists()


@pytest.mark.parametrize("ahead", [-240, 240])
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_platform_with_another_clock_loses_nothing(platform, ahead, shops, sell, tell):
    """Its times are its own; the cursor never passes its present."""
    tell("settings", {"skew": ahead})
    skew = timedelta(seconds=ahead)
    serve(platform)
    assert pull_of(platform).complete_to <= clock.now() + skew
    serve(platform)
    assert abs(pull_of(platform).complete_to - (clock.now() + skew)) < MINUTE / 2

    [message] = sell(platform, *bought(shops[platform], age=-skew + timedelta(seconds=1)))
    ShopHour.objects.update(next_check_at=None)
    serve(platform)

    assert here() == {(platform, message.order_no)}


def test_a_platform_that_sets_its_clock_back_is_followed(shops, tell):
    """What it will change in the minutes that it lives through again must not lie behind the cursor."""
    serve("shopify")
    tell("settings", {"skew": -1800})
    ShopPull.objects.update(next_at=Now() + HOUR)
    ShopPull.objects.filter(shop__platform="shopify").update(next_at=Now() - MINUTE)

    assert run.next_shop()

    assert pull_of("shopify").read_from <= clock.now() - 30 * MINUTE - cursor.OVERLAP


def test_a_slice_that_is_too_much_is_read_in_halves(shops, sell, monkeypatch):
    serve("jd")
    ShopPull.objects.update(next_at=Now() + HOUR)
    ShopPull.objects.update(read_from=clock.now() - 4 * HOUR, step_seconds=4 * 3600)
    messages = sell("jd", *bought(shops["jd"], 120, age=2 * HOUR, apart=MINUTE / 2))
    calls = iter(range(10_000))

    def check(run_time):
        if next(calls) == 2:
            raise OutOfTime

    monkeypatch.setattr(run.RunTime, "check", check)
    monkeypatch.setattr(hours, "count_due", lambda *_args: False)
    ShopPull.objects.filter(shop__platform="jd").update(next_at=Now() - MINUTE)

    assert run.next_shop()
    assert pull_of("jd").step_seconds == 2 * 3600
    for _turn in range(3):
        serve("jd")

    assert here() == {("jd", message.order_no) for message in messages}


def test_one_order_that_cannot_be_fetched_holds_up_no_other(shops, sell, tell):
    messages = sell("taobao", *bought(shops["taobao"], 5))
    ill = messages[2].order_no
    says = {
        "error_response": {"code": 15, "msg": "Remote service error", "sub_code": "isv.trade-fault", "sub_msg": "?"}
    }
    tell("faults", {"path": "/router", "mode": "answer", "says": says, "match": f"tid={ill}", "count": 2})

    serve("taobao")

    assert len(here()) == 4
    assert OrderFetch.objects.get().order_no == ill
    serve("taobao")  # refused once more
    assert OrderFetch.objects.get().error_code == "isv.trade-fault"
    OrderFetch.objects.update(next_at=Now() - MINUTE)
    serve("taobao")
    assert len(here()) == 5
    assert not OrderFetch.objects.exists()


def test_a_poisoned_row_is_parked_alone(shops, sell, tell):
    good = sell("woocommerce", *bought(shops["woocommerce"], 3))
    [bad] = bought(shops["woocommerce"], seed=9)
    body = json.loads(channel("woocommerce").render(bad).body)
    body["line_items"][0]["quantity"] = "many"
    tell("orders", {"platform": "woocommerce", "body": body})

    serve("woocommerce")

    assert {number for _platform, number in here()} == {message.order_no for message in good}
    assert InboxMessage.objects.exclude(outcome="created").count() == 1
    assert pull_of("woocommerce").failures == 0


# --- leases


def test_two_workers_never_read_one_list_and_only_so_many_at_once(shops, settings):
    settings.PULLS_AT_ONCE = 3
    claimed = [leases.claim() for _worker in range(5)]

    assert [row is not None for row in claimed] == [True, True, True, False, False]
    assert len({row.shop_id for row in claimed if row}) == 3


def test_a_worker_that_lost_its_lease_moves_nothing(shops):
    slow = leases.Lease(leases.claim())
    ShopPull.objects.filter(pk=slow.pull.pk).update(lease_until=Now() - MINUTE, next_at=Now() - HOUR)
    quick = leases.claim()
    assert quick.pk == slow.pull.pk

    before = ShopPull.objects.filter(pk=quick.pk).values().get()
    with pytest.raises(leases.LeaseLost):
        slow.move(read_from=clock.now())
    with pytest.raises(leases.LeaseLost):
        slow.done(again_at_once=False)

    assert ShopPull.objects.filter(pk=quick.pk).values().get() == before


def test_a_lease_that_is_lost_in_the_middle_of_a_slice_keeps_the_cursor(shops, sell, monkeypatch):
    serve("jd")
    sell("jd", *bought(shops["jd"], 3))
    before = place("jd")
    keep = leases.Lease.keep

    def stolen(lease):
        ShopPull.objects.filter(pk=lease.pull.pk).update(token=F("token") + 1)
        keep(lease)

    monkeypatch.setattr(leases.Lease, "keep", stolen)
    ShopPull.objects.filter(shop__platform="jd").update(next_at=Now() - MINUTE)

    assert run.next_shop()
    assert place("jd") == before


def test_a_shop_without_an_address_says_so(shops, settings):
    settings.CHANNEL_BASE_URLS = {}
    serve()

    assert set(ShopPull.objects.values_list("error_code", flat=True)) == {"no_address"}


def test_wrong_keys_are_for_a_person_and_stop_nobody_else(shops, sell):
    set_access(shops["taobao"], [SECRETS["taobao"]], app_key="app-taobao", secret="stale", access_token="x")
    [message] = sell("jd", *bought(shops["jd"]))

    serve()

    assert pull_of("taobao").error_code == "isv.invalid-signature"
    assert here() == {("jd", message.order_no)}


# --- a message that only names


def hint(message, topic="taobao_trade_TradeBuyerPay", **more):
    content = json.dumps({"tid": int(message.order_no), "status": "WAIT_SELLER_SEND_GOODS", **more})
    body = {"id": 4150500134141, "topic": topic, "content": content, "user_nick": "示例旗舰店"}
    return message.__class__(message.kind, topic, message.order_no, "x", json.dumps(body).encode())


def test_a_taobao_message_is_only_a_hint_and_the_truth_is_fetched(shops, sell, client):
    [message] = sell("taobao", *bought(shops["taobao"], age=20 * HOUR))

    assert post(client, "taobao", signed("taobao", hint(message))).status_code == 200
    drain()
    assert OrderFetch.objects.get().order_no == message.order_no
    ShopPull.objects.update(read_from=clock.now())
    serve("taobao")

    assert here() == {("taobao", message.order_no)}
    assert not OrderFetch.objects.exists()
    assert not LateOrder.objects.exists()  # a message did tell of it
    assert set(InboxMessage.objects.values_list("outcome", flat=True)) >= {"hint", "created"}


def test_hints_in_any_number_and_order_end_in_the_truth(shops, sell, client):
    [purchase] = bought(shops["taobao"], age=40 * MINUTE)
    [message] = sell("taobao", purchase)
    for topic in ("TradeClose", "TradeBuyerPay", "TradeCreate", "TradeBuyerPay"):
        post(client, "taobao", signed("taobao", hint(message, f"taobao_trade_{topic}")))
        drain()
    serve("taobao")
    sell("taobao", cancel(purchase, clock.now() - MINUTE))
    post(client, "taobao", signed("taobao", hint(message, "taobao_trade_TradeClose", again=1)))
    drain()
    serve("taobao")

    assert Order.objects.get().pay_state == "refunded"


def test_a_hint_that_comes_while_the_answer_is_under_way_is_not_forgotten(shops, sell, monkeypatch):
    from integrations.services.pull import fetches
    from integrations.services.pull.intake import Intake

    serve("taobao")
    [message] = sell("taobao", *bought(shops["taobao"], age=20 * HOUR))
    wanted = fetches.Wanted(shops["taobao"].pk, message.order_no)
    fetches.owe([wanted])
    ask = Intake.fetch

    asked = []

    def meanwhile(intake, *args, **more):
        ask(intake, *args, **more)
        asked.append(args)
        if len(asked) == 1:
            fetches.owe([wanted])

    monkeypatch.setattr(Intake, "fetch", meanwhile)
    serve("taobao")
    serve("taobao")

    assert len(asked) == 2
    assert not OrderFetch.objects.exists()


def test_a_refund_hint_fetches_the_refund_and_its_order(shops, sell, client):
    [purchase] = bought(shops["taobao"], age=20 * HOUR)
    [message] = sell("taobao", purchase)
    asked = ask_refund(Random(2), purchase, clock.now() - MINUTE)
    sell("taobao", asked)

    told = hint(message, "taobao_refund_RefundCreated", refund_id=int(asked.refund.refund_no))
    post(client, "taobao", signed("taobao", told))
    drain()
    ShopPull.objects.update(read_from=clock.now())
    serve("taobao")
    InboxMessage.objects.filter(state="new").update(next_attempt_at=Now() - MINUTE)
    drain()

    assert InboxMessage.objects.filter(outcome="refund").count() == 1
    assert not OrderFetch.objects.exists()


def test_a_refund_whose_order_was_lost_brings_it(shops, sell, client):
    serve("taobao")
    [purchase] = bought(shops["taobao"], age=20 * HOUR)
    sell("taobao", purchase)
    asked = ask_refund(Random(2), purchase, clock.now() - MINUTE)
    post(client, "taobao", signed("taobao", channel("taobao").render(asked)))
    drain()
    serve("taobao")
    InboxMessage.objects.filter(state="new").update(next_attempt_at=Now() - MINUTE)
    drain()

    assert set(InboxMessage.objects.values_list("outcome", flat=True)) == {"created", "refund"}


# --- the count


@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_count_tells_messages_from_the_list(platform, shops, sell, client):
    messages = sell(platform, *bought(shops[platform], 6, apart=timedelta(seconds=1)))
    for message in messages[:4]:
        post(client, platform, signed(platform, message))
    drain()

    serve(platform)
    ShopHour.objects.update(next_check_at=Now() - MINUTE)
    for _turn in range(8):
        serve(platform)

    rows = ShopHour.objects.filter(total__gt=0)
    assert [sum(getattr(row, name) for row in rows) for name in ("total", "pushed", "pulled")] == [6, 4, 2]
    assert all(row.missing == [] for row in rows)


def test_a_whole_hour_is_looked_at_once_more_a_day_later_and_then_left_alone(shops):
    serve("jd")
    for _turn in range(8):
        serve("jd")

    past = ShopHour.objects.filter(hour__lt=clock.now() - 2 * HOUR)
    assert past.count() >= 20
    assert all(row.next_check_at == row.hour + HOUR + hours.LAST_LOOK for row in past)
    ShopHour.objects.update(hour=F("hour") - 48 * HOUR, next_check_at=Now() - MINUTE)
    for _turn in range(8):
        serve("jd")
    assert not ShopHour.objects.filter(hour__lt=clock.now() - 47 * HOUR).exclude(next_check_at=None).exists()


def test_pulling_an_hour_again_reads_every_order_of_it(shops, sell):
    messages = sell("shopify", *bought(shops["shopify"], 3, age=5 * HOUR, apart=timedelta(seconds=1)))
    serve("shopify")
    ShopPull.objects.update(read_from=clock.now())
    for _turn in range(8):
        serve("shopify")
    InboxMessage.objects.all().delete()
    row = ShopHour.objects.get(total__gt=0)

    hours.ask_again(row.pk)
    serve("shopify")

    assert InboxMessage.objects.filter(outcome="same").count() == len(messages)
    assert ShopHour.objects.get(pk=row.pk).again is False
