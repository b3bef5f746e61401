"""Ship confirmations: what goes out, signed, and what each answer means."""

import base64
import json
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from integrations.channels.adapter import Credentials, Shipment, ShipRequest, ShipResult
from integrations.channels.jd.signing import jos_sign
from integrations.channels.standard import signing as standard
from integrations.channels.taobao.signing import top_sign
from integrations.registry import CHANNELS, channel
from tests.factories.channels import SECRETS

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
WHOLE = Shipment("3000000000000000001", "SF1000000000001", "SF", NOW, "parcel-1")
SOME = Shipment("3000000000000000001", "ZT1000000000001", "ZTO", NOW, "parcel-2", (("11", 1), ("12", 2)))


def credentials(platform):
    return Credentials("app-1", SECRETS[platform], "token-1")


def form(request):
    return {name: values[0] for name, values in parse_qs(request.body.decode()).items()}


def test_taobao_is_told_by_a_signed_call():
    request = channel("taobao").ship_request(WHOLE, credentials("taobao"), NOW, None)
    sent = form(request)

    assert (request.method, request.path) == ("POST", "/router/rest")
    assert sent["method"] == "taobao.logistics.offline.send"
    assert (sent["tid"], sent["out_sid"], sent["company_code"]) == (WHOLE.order_no, WHOLE.waybill_no, "SF")
    assert sent["timestamp"] == "2026-11-23 16:00:00"
    assert sent["sign"] == top_sign(sent, SECRETS["taobao"])
    assert "sub_tid" not in sent
    split = form(channel("taobao").ship_request(SOME, credentials("taobao"), NOW, None))
    assert (split["is_split"], split["sub_tid"]) == ("1", "11,12")


def test_jd_is_told_by_a_signed_call():
    request = channel("jd").ship_request(SOME, credentials("jd"), NOW, None)
    sent = form(request)

    assert (request.method, request.path, sent["method"]) == ("POST", "/routerjson", "jingdong.pop.order.shipment")
    assert json.loads(sent["360buy_param_json"]) == {
        "orderId": SOME.order_no,
        "logiCoprId": "1499",
        "logiNo": SOME.waybill_no,
    }
    assert sent["sign"] == jos_sign(sent, SECRETS["jd"])


def test_shopify_is_asked_for_open_fulfilment_orders_first():
    adapter = channel("shopify")
    asked = adapter.ship_request(SOME, credentials("shopify"), NOW, None)
    orders = [
        {"id": 91, "status": "closed", "line_items": [{"id": 1, "line_item_id": 11}]},
        {"id": 92, "status": "open", "line_items": [{"id": 2, "line_item_id": 11}, {"id": 3, "line_item_id": 99}]},
        {"id": 93, "status": "in_progress", "line_items": [{"id": 4, "line_item_id": 12}]},
    ]
    request = adapter.ship_request(
        SOME, credentials("shopify"), NOW, json.dumps({"fulfillment_orders": orders}).encode()
    )

    assert asked.lookup and asked.method == "GET"
    assert asked.path == f"/admin/api/2025-01/orders/{SOME.order_no}/fulfillment_orders.json"
    assert isinstance(request, ShipRequest) and not request.lookup
    assert (request.method, request.path) == ("POST", "/admin/api/2025-01/fulfillments.json")
    assert request.headers["x-shopify-access-token"] == "token-1"
    sent = json.loads(request.body)["fulfillment"]
    assert sent["tracking_info"] == {"number": SOME.waybill_no, "company": "ZTO Express"}
    assert sent["line_items_by_fulfillment_order"] == [
        {"fulfillment_order_id": 92, "fulfillment_order_line_items": [{"id": 2, "quantity": 1}]},
        {"fulfillment_order_id": 93, "fulfillment_order_line_items": [{"id": 4, "quantity": 2}]},
    ]


def test_shopify_with_nothing_open_has_been_told_before():
    closed = json.dumps({"fulfillment_orders": [{"id": 91, "status": "closed"}]}).encode()

    found = channel("shopify").ship_request(WHOLE, credentials("shopify"), NOW, closed)

    assert found == ShipResult(True, code="already_fulfilled")


def test_woocommerce_completes_the_order_only_with_its_last_parcel():
    whole = channel("woocommerce").ship_request(WHOLE, credentials("woocommerce"), NOW, None)
    some = channel("woocommerce").ship_request(SOME, credentials("woocommerce"), NOW, None)

    assert (whole.method, whole.path) == ("PUT", f"/wp-json/wc/v3/orders/{WHOLE.order_no}")
    user = base64.b64decode(whole.headers["authorization"].removeprefix("Basic ")).decode()
    assert user == f"app-1:{SECRETS['woocommerce']}"
    assert json.loads(whole.body)["status"] == "completed"
    assert "status" not in json.loads(some.body)
    assert {"key": "_tracking_number", "value": SOME.waybill_no} in json.loads(some.body)["meta_data"]


def test_an_own_site_gets_a_standard_webhook_with_our_reference():
    from integrations.channels.adapter import Push

    request = channel("standard").ship_request(SOME, credentials("standard"), NOW, None)

    standard.verify(Push(request.body, request.headers), [SECRETS["standard"]], NOW)
    assert request.headers["webhook-id"] == "parcel-2"
    assert json.loads(request.body)["data"]["lines"] == [{"line_id": "11", "qty": 1}, {"line_id": "12", "qty": 2}]


TAOBAO_ERROR = {"code": 15, "msg": "Remote service error"}
CASES = [
    ("taobao", 200, {"logistics_offline_send_response": {"shipping": {"is_success": True}}}, True, False),
    (
        "taobao",
        200,
        {"error_response": TAOBAO_ERROR | {"sub_code": "isv.logistics-offline-service-error:B04"}},
        True,
        False,
    ),
    (
        "taobao",
        200,
        {"error_response": TAOBAO_ERROR | {"sub_code": "isv.logistics-offline-service-error:B60"}},
        False,
        False,
    ),
    ("taobao", 200, {"error_response": TAOBAO_ERROR | {"sub_code": "isp.top-remote-connection-timeout"}}, False, True),
    ("taobao", 200, {"error_response": {"code": 7, "msg": "App Call Limited"}}, False, True),
    ("jd", 200, {"jingdong_pop_order_shipment_responce": {"sopjosshipment_result": {"success": "true"}}}, True, False),
    ("jd", 200, {"jingdong_pop_order_shipment_responce": {"code": "0"}}, True, False),
    (
        "jd",
        200,
        {"jingdong_pop_order_shipment_responce": {"sopjosshipment_result": {"success": False, "errorCode": "1"}}},
        False,
        False,
    ),
    ("jd", 200, {"error_response": {"code": "67", "zh_desc": "系统繁忙"}}, False, True),
    ("shopify", 201, {"fulfillment": {"id": 1}}, True, False),
    ("shopify", 422, {"errors": ["The fulfillment order is not in a fulfillable state."]}, False, False),
    ("woocommerce", 200, {"id": 727, "status": "completed"}, True, False),
    ("woocommerce", 404, {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID."}, False, False),
    ("standard", 202, {}, True, False),
    ("standard", 302, {}, False, False),
    ("standard", 410, {}, False, False),
]


@pytest.mark.parametrize(("platform", "status", "said", "ok", "retry"), CASES)
def test_what_an_answer_means(platform, status, said, ok, retry):
    found = channel(platform).ship_result(status, json.dumps(said).encode())

    assert (found.ok, found.retry) == (ok, retry)
    assert found.ok or found.code


@pytest.mark.parametrize("platform", sorted(CHANNELS))
@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_platform_in_trouble_is_asked_again_later(platform, status):
    found = channel(platform).ship_result(status, b"<html>busy</html>")

    assert (found.ok, found.retry) == (False, True)


@pytest.mark.parametrize("platform", sorted(set(CHANNELS) - {"standard"}))
def test_an_answer_that_cannot_be_read_is_not_taken_for_a_yes(platform):
    found = channel(platform).ship_result(200, b"<html>ok</html>")

    assert (found.ok, found.retry) == (False, True)
