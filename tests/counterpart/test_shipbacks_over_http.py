"""Platforms hear of a parcel through the real adapters; a repeat is done, a wrong key is refused."""

import base64
from datetime import UTC, datetime

import pytest

from integrations.channels.adapter import Credentials, Shipment
from integrations.registry import CHANNELS, channel
from integrations.services.shipping_out import report

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SECRET = {name: "s3cret-" + name for name in CHANNELS} | {
    "standard": "whsec_" + base64.b64encode(b"x" * 32).decode(),
}
LINES = {"shopify": (("901", 2),), "taobao": (("55", 1),), "standard": (("L1", 2),), "douyin": (("56", 1),)}
BODIES = {
    "shopify": {"id": 4501, "line_items": [{"id": 901, "quantity": 2}, {"id": 902, "quantity": 1}]},
    "taobao": {"trade_fullinfo_get_response": {"trade": {"tid": 4501, "modified": "2026-11-23 10:00:00"}}},
    "jd": {"orderId": "4501"},
    "woocommerce": {"id": 4501, "status": "processing"},
    "standard": {"type": "order.paid", "data": {"order_no": "4501"}},
    "douyin": {"code": 10000, "data": {"shop_order_detail": {"order_id": "4501"}}},
}


def shipment(platform, number="SF1444680100001", **more):
    return Shipment("4501", number, "SF", NOW, "ship-1", LINES.get(platform, ()), **more)


def told(outside, platform, number="SF1444680100001", secret=None):
    keys = Credentials("app-1", secret or SECRET[platform], "token-1")
    return report(channel(platform), outside.url, shipment(platform, number), keys)


@pytest.fixture
def shops(tell):
    tell(
        "shops",
        [
            {"platform": name, "app_key": "app-1", "secret": SECRET[name], "access_token": "token-1"}
            for name in CHANNELS
        ],
    )
    tell("orders", [{"platform": name, "body": body} for name, body in BODIES.items()])
    tell("settings", {"auto_track": False})


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_a_shipment_reaches_the_platform_once_however_often_it_is_told(platform, outside, ask):
    assert told(outside, platform).ok
    assert told(outside, platform).ok

    (entry,) = ask("shipbacks")
    assert (entry["platform"], entry["order_no"], entry["waybill_no"]) == (platform, "4501", "SF1444680100001")
    assert entry["signature"] in ("ok", "token")


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize("platform", sorted(CHANNELS))
def test_an_answer_lost_on_the_way_back_does_not_ship_twice(platform, outside, tell, ask):
    path = {"shopify": "/admin/api/2025-01/fulfillments.json"}.get(platform, "")
    tell("faults", {"path": path, "mode": "drop_after"})

    first, second = told(outside, platform), told(outside, platform)

    assert (first.ok, first.retry) == (False, True)
    assert second.ok
    assert len(ask("shipbacks")) == 1


@pytest.mark.usefixtures("shops")
@pytest.mark.parametrize("platform", sorted(set(CHANNELS) - {"shopify"}))
def test_a_wrong_secret_is_refused(platform, outside, ask):
    wrong = "whsec_" + base64.b64encode(b"y" * 32).decode() if platform == "standard" else "guessed"

    result = told(outside, platform, secret=wrong)

    assert not result.ok
    assert ask("shipbacks") == [] and ask("state")["refused"] == 1


@pytest.mark.parametrize("platform", ["taobao", "jd", "woocommerce", "douyin", "standard"])
def test_a_shop_nobody_introduced_is_believed_and_marked(platform, outside, ask):
    assert told(outside, platform).ok

    assert ask("shipbacks")[0]["signature"] == "unknown shop"


@pytest.mark.usefixtures("shops")
def test_the_parts_of_an_order_ship_one_by_one(outside, ask):
    adapter, keys = channel("taobao"), Credentials("app-1", SECRET["taobao"], "token-1")
    part = Shipment("4501", "SF1", "SF", NOW, "a", (("55", 1),))
    other = Shipment("4501", "SF2", "SF", NOW, "b", (("56", 1),))

    assert report(adapter, outside.url, part, keys).ok
    assert report(adapter, outside.url, other, keys).ok
    assert [entry["lines"] for entry in ask("shipbacks")] == [["55"], ["56"]]
