"""The platforms' order lists through our own readers: what is listed, fetched and counted is what was bought."""

import json
from datetime import timedelta
from random import Random

import pytest
import requests

from core import clock
from integrations.channels.adapter import Credentials
from integrations.channels.pulling import PullRefused, Window
from integrations.channels.purchases import Sellable, ask_refund, invent
from integrations.registry import CHANNELS, channel
from integrations.services.pull.line import Line
from tests.counterpart.test_shipbacks_over_http import SECRET

ITEMS = [Sellable(f"SKU-{n}", str(500 + n), f"商品 {n}", 1990) for n in range(5)]
HERE = ["127.0.0.1"]
PULLED = sorted(CHANNELS)


def now():
    return clock.now().replace(microsecond=0)


def line(outside, platform, **changed):
    keys = {"app_key": "app-1", "secret": SECRET[platform], "access_token": "token-1"} | changed
    return Line(channel(platform).pull, outside.url, Credentials(**keys), HERE)


def bought(platform, count, minutes_apart=1):
    """Purchases a minute or so apart, the last one now."""
    rng = Random(7)
    return [invent(rng, ITEMS, now() - timedelta(minutes=1 + n * minutes_apart)) for n in range(count)]


@pytest.fixture
def shops(tell):
    known = [
        {"platform": name, "app_key": key, "secret": SECRET[name], "access_token": token}
        for name in CHANNELS
        for key, token in (("app-1", "token-1"), ("app-2", "token-2"))
    ]
    tell("shops", known)


@pytest.fixture
def sell(tell, shops):
    def told(platform, purchases, shop="app-1"):
        messages = [channel(platform).render(purchase) for purchase in purchases]
        rows = [{"platform": platform, "body": json.loads(one.body), "shop": shop} for one in messages]
        tell("orders", rows)
        return messages

    return told


def read(platform, body):
    return channel(platform).read(body, {"currency": "CNY", **channel(platform).pull.context})


def body_of(talk, row):
    return row.body or talk.fetch(row.order_no)


@pytest.mark.parametrize("platform", PULLED)
def test_what_is_listed_reads_like_what_was_pushed(platform, outside, sell):
    messages = sell(platform, bought(platform, 7))
    talk = line(outside, platform)

    rows = list(talk.read(Window(now() - timedelta(hours=20), now() + timedelta(minutes=1))))

    assert {row.order_no for row in rows} == {message.order_no for message in messages}
    pushed = {m.order_no: channel(platform).read(m.body, {"currency": "CNY", "topic": m.topic}) for m in messages}
    for row in rows:
        assert read(platform, body_of(talk, row)) == pushed[row.order_no]
        assert read(platform, talk.fetch(row.order_no)) == pushed[row.order_no]


@pytest.mark.parametrize("platform", PULLED)
def test_a_list_of_many_pages_is_whole(platform, outside, sell):
    messages = sell(platform, bought(platform, 230, minutes_apart=0.1))

    window = Window(now() - timedelta(hours=2), now() + timedelta(minutes=1))
    counted = {row.order_no for row in line(outside, platform).read(Window(window.start, window.end, created=True))}
    listed = {row.order_no for row in line(outside, platform).read(window)}

    assert listed == counted == {message.order_no for message in messages}


@pytest.mark.parametrize("platform", PULLED)
def test_only_the_window_is_listed(platform, outside, sell):
    _late, middle, _early = sell(platform, bought(platform, 3, minutes_apart=10))
    around = Window(now() - timedelta(minutes=15), now() - timedelta(minutes=5))

    assert {row.order_no for row in line(outside, platform).read(around)} == {middle.order_no}


@pytest.mark.parametrize("platform", PULLED)
def test_a_shop_sees_its_own_orders_alone(platform, outside, sell):
    [mine] = sell(platform, bought(platform, 1))
    stranger = line(outside, platform, app_key="app-2", access_token="token-2")

    assert list(stranger.read(Window(now() - timedelta(hours=1), now()))) == []
    with pytest.raises(PullRefused) as refused:
        stranger.fetch(mine.order_no)
    assert not refused.value.retry


@pytest.mark.parametrize("platform", PULLED)
def test_wrong_keys_are_refused_for_good(platform, outside, sell, ask):
    sell(platform, bought(platform, 1))
    wrong = line(outside, platform, secret="d3Jvbmc=", access_token="wrong")

    with pytest.raises(PullRefused) as refused:
        list(wrong.read(Window(now() - timedelta(hours=1), now())))

    assert not refused.value.retry
    assert len(ask("refused")) == 1


BUSY = {
    "taobao": (200, {"error_response": {"code": 7, "msg": "App Call Limited", "sub_code": "accesscontrol.limited",
                     "sub_msg": "This ban will last for 1 more seconds"}}),
    "jd": (200, {"error_response": {"code": "67", "zh_desc": "系统繁忙", "en_desc": "busy"}}),
    "shopify": (429, {"errors": "Exceeded 2 calls per second for api client."}),
    "woocommerce": (503, {"code": "busy", "message": ""}),
    "douyin": (200, {"code": 20000, "sub_code": "isp.service-error", "sub_msg": "稍后再试", "data": None}),
    "standard": (429, {"code": "slow_down"}),
}  # fmt: skip
BROKEN = [{"mode": "bad_body"}, {"mode": "drop_before"}, {"mode": "error"}, {"mode": "drop_after"}]


@pytest.mark.parametrize("platform", PULLED)
def test_a_busy_platform_is_asked_again_after_a_pause(platform, outside, sell, tell):
    [message] = sell(platform, bought(platform, 1))
    status, says = BUSY[platform]
    tell("faults", {"path": "/", "mode": "answer", "status": status, "says": says})

    assert {row.order_no for row in line(outside, platform).read(Window(now() - timedelta(hours=1), now()))} == {
        message.order_no
    }


@pytest.mark.parametrize("platform", PULLED)
def test_a_platform_that_stays_busy_ends_the_run(platform, outside, sell, tell):
    status, says = BUSY[platform]
    tell("faults", {"path": "/", "mode": "answer", "status": status, "says": says, "count": 99})

    with pytest.raises(PullRefused) as refused:
        list(line(outside, platform).read(Window(now() - timedelta(hours=1), now())))

    assert refused.value.retry


@pytest.mark.parametrize("fault", BROKEN, ids=lambda fault: fault["mode"])
@pytest.mark.parametrize("platform", PULLED)
def test_a_broken_answer_is_no_answer(platform, fault, outside, sell, tell):
    """The list is never taken for empty because its answer was lost or garbled."""
    [message] = sell(platform, bought(platform, 1))
    tell("faults", {"path": "/", **fault})

    rows = list(line(outside, platform).read(Window(now() - timedelta(hours=1), now())))

    assert [row.order_no for row in rows] == [message.order_no]


def test_a_long_ban_is_not_sat_out(outside, sell, tell):
    _status, says = BUSY["taobao"]
    says["error_response"]["sub_msg"] = "This ban will last for 900 more seconds"
    tell("faults", {"path": "/", "mode": "answer", "says": says})

    with pytest.raises(PullRefused) as refused:
        list(line(outside, "taobao").read(Window(now() - timedelta(hours=1), now())))

    assert (refused.value.retry, refused.value.wait) == (True, 900.0)


@pytest.mark.parametrize("platform", ["taobao", "douyin"])
def test_a_refund_is_fetched_by_its_number(platform, outside, tell, shops):
    asked = ask_refund(Random(3), bought(platform, 1)[0], now())
    body = json.loads(channel(platform).render(asked).body)
    tell("orders", {"platform": platform, "body": body, "shop": "app-1"})

    [refund] = read(platform, line(outside, platform).fetch(asked.order_no, asked.refund.refund_no))

    assert (refund.order_no, refund.refund_no) == (asked.order_no, asked.refund.refund_no)
    assert list(line(outside, platform).read(Window(now() - timedelta(hours=1), now()))) == []


def test_orders_that_change_while_pages_are_read_cost_no_other(outside, sell):
    """Numbered pages: after every page an order of it is changed and leaves the window, so that all behind it move up
    by one place."""
    messages = {message.order_no: message for message in sell("jd", bought("jd", 230, minutes_apart=0.1))}
    rows = line(outside, "jd").read(Window(now() - timedelta(hours=1), now()))
    seen = []

    for row in rows:
        seen.append(row.order_no)
        if len(seen) % 50 == 25:
            changed = json.loads(messages[row.order_no].body)
            order = changed["jingdong_pop_order_get_responce"]["orderDetailInfo"]["orderInfo"]
            order["modified"] = "2099-01-01 00:00:00"
            told = {"platform": "jd", "body": changed, "shop": "app-1"}
            requests.post(f"{outside.url}/_/orders", json=told, timeout=5).raise_for_status()

    assert set(seen) == messages.keys()


def test_a_list_that_grows_while_it_is_read_is_said_to_have_moved(outside, sell):
    sell("jd", bought("jd", 60, minutes_apart=0.2))
    rows = line(outside, "jd").read(Window(now() - timedelta(hours=1), now()))
    next(rows)
    sell("jd", [invent(Random(99), ITEMS, now() - timedelta(minutes=10))])

    with pytest.raises(PullRefused) as refused:
        list(rows)

    assert refused.value.code == "page_moved"


def test_a_strange_host_is_not_called():
    with pytest.raises(PullRefused) as refused:
        Line(channel("jd").pull, "http://192.0.2.1", Credentials("a", "b"), HERE)
    assert refused.value.code == "forbidden_host"


def test_one_order_that_is_no_json_to_us_does_not_hide_its_page(outside, sell, tell):
    """A row with NaN in it is a row like any other here; the strict reader parks it by itself."""
    messages = sell("shopify", bought("shopify", 2))
    poison = json.loads(messages[0].body) | {"id": 77, "extra": float("nan")}
    told = json.dumps({"platform": "shopify", "body": poison, "shop": "app-1"})
    requests.post(f"{outside.url}/_/orders", told, timeout=5).raise_for_status()

    rows = list(line(outside, "shopify").read(Window(now() - timedelta(hours=1), now())))

    assert {row.order_no for row in rows} == {"77", *(message.order_no for message in messages)}
