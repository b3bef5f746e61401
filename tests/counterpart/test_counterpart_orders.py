"""What platforms answer about orders they were told of."""

from urllib.parse import urlencode

import pytest
import requests


@pytest.fixture
def call(outside):
    def post(path, **form):
        return requests.post(f"{outside.url}{path}", data=urlencode(form), timeout=5).json()

    return post


def test_a_trade_is_fetched_by_its_number_and_listed_by_time(tell, call):
    trades = [{"tid": 100 + index, "modified": f"2026-11-23 10:0{index}:00"} for index in range(3)]
    assert tell("orders", [{"platform": "taobao", "body": {"trade": trade}} for trade in trades]) == {"kept": 3}

    one = call("/router/rest", method="taobao.trade.fullinfo.get", tid="101", app_key="x")
    many = call(
        "/router/rest", method="taobao.trades.sold.increment.get", start_modified="2026-11-23 10:01:00",
        end_modified="2026-11-23 11:00:00", page_size="1", page_no="1", app_key="x",
    )  # fmt: skip
    none = call("/router/rest", method="taobao.trade.fullinfo.get", tid="999", app_key="x")

    assert one["trade_fullinfo_get_response"]["trade"] == trades[1]
    answer = many["trades_sold_increment_get_response"]
    assert (answer["total_results"], answer["has_next"], answer["trades"]["trade"]) == (
        2,
        True,
        [trades[2]],
    )  # the latest first
    assert none["error_response"]["sub_code"] == "isv.trade-not-exist"


def test_a_jd_order_is_fetched_with_jds_own_spelling(tell, call):
    tell("orders", {"platform": "jd", "body": {"orderId": "77"}})

    found = call("/routerjson", method="jingdong.pop.order.get", **{"360buy_param_json": '{"order_id": "77"}'})

    assert found["jingdong_pop_order_get_responce"]["orderDetailInfo"]["orderInfo"] == {"orderId": "77"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/_/faults", {"path": "/", "mode": "explode"}, 400),
        ("/_/settings", {"nonsense": 1}, 400),
        ("/_/track", {"waybill_no": "W", "plan": [{"status": "teleported", "text": "x"}]}, 400),
        ("/_/track", {}, 400),
        ("/nowhere", {}, 404),
    ],
)
def test_a_wrong_request_is_told_so(outside, path, body, status):
    assert requests.post(outside.url + path, json=body, timeout=5).status_code == status


def test_faults_are_listed_used_up_and_cleared(tell, ask, outside):
    tell("faults", [{"path": "/crm", "mode": "error", "count": 2}, {"path": "/std", "mode": "429"}])

    assert requests.post(f"{outside.url}/crm/events", timeout=5).status_code == 500
    assert [fault["count"] for fault in ask("faults")] == [1, 1]
    assert requests.delete(f"{outside.url}/_/faults", timeout=5).status_code == 204
    assert ask("faults") == []
