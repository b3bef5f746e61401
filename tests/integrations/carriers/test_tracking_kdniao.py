"""快递鸟: several waybills in a push, its own codes, and the times its sandbox breaks."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from core.errors import Unreadable
from fulfillment.domain.carriage import CustomerNode, TrackStatus
from integrations.carriers.registry import tracker

READ = tracker("kdniao").read


def parcel(number, state, traces, **more):
    return {"ShipperCode": "STO", "LogisticCode": number, "Success": True, "State": state, "Traces": traces, **more}


def push(*parcels, **more):
    body = {"EBusinessID": "1", "PushTime": "2026-1-1 9:00:00", "Count": str(len(parcels)), "Data": list(parcels)}
    return json.dumps({**body, **more}, ensure_ascii=False).encode()


def trace(at, words, action=""):
    return {"AcceptTime": at, "AcceptStation": words, "Action": action, "Location": "杭州市", "Remark": ""}


def test_each_waybill_of_a_push_is_a_parcel_of_its_own():
    body = push(
        parcel("A1", "3", [trace("2026-01-01 10:00:00", "已收件", "1"), trace("2026-01-02 10:00:00", "签收", "301")]),
        parcel("B2", "2", [trace("2026-1-1 8:05:00", "已收件", "1")], ShipperCode="YD"),
    )

    first, second = READ(body)

    assert (first.waybill_no, first.carrier, first.node) == ("A1", "STO", CustomerNode.DELIVERED)
    assert [event.code for event in first.events] == ["1", "301"]
    assert (second.waybill_no, second.carrier) == ("B2", "YUNDA")
    assert second.events[0].at == datetime(2026, 1, 1, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "detailed", "status", "node"),
    [
        ("1", "", TrackStatus.PICKED_UP, CustomerNode.PICKED_UP),
        ("1", "10", TrackStatus.CREATED, None),
        ("2", "201", TrackStatus.IN_TRANSIT, None),
        ("2", "202", TrackStatus.OUT_FOR_DELIVERY, None),
        ("2", "211", TrackStatus.AT_LOCKER, None),
        ("3", "304", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("3", "311", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("4", "412", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("4", "406", TrackStatus.RETURNED, CustomerNode.EXCEPTION),
        ("3", "201", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("6", "604", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
    ],
)
def test_the_state_decides_and_the_detailed_one_refines_it(state, detailed, status, node):
    (found,) = READ(push(parcel("A1", state, [trace("2026-01-01 10:00:00", "……")], StateEx=detailed)))

    assert (found.events[-1].status, found.node) == (status, node)


def test_broken_seconds_lose_the_time_and_keep_the_order():
    body = push(
        parcel(
            "A1",
            "3",
            [
                trace("2026-01-01 16:32:16", "已收取快件"),
                trace("2026-01-01 16:32:162", "到达深圳"),
                trace("2026-01-01 16:32:163", "被张三签收了"),
            ],
        )
    )

    (found,) = READ(body)

    assert [event.at is None for event in found.events] == [False, True, True]
    assert [event.text for event in found.events] == ["已收取快件", "到达深圳", "被张三签收了"]
    assert found.node is CustomerNode.DELIVERED
    assert found.warnings == ("bad_time: 2026-01-01 16:32:162", "bad_time: 2026-01-01 16:32:163")


def test_a_plus_left_over_from_a_form_is_a_space():
    (found,) = READ(push(parcel("A1", "2", [trace("2026-11-21+15:13:25", "已发出")])))

    assert found.events[0].at == datetime(2026, 11, 21, 7, 13, 25, tzinfo=UTC)
    assert found.warnings[0].startswith("plus_for_space")


def test_a_failed_look_up_is_a_parcel_with_a_word_about_it():
    (found,) = READ(push(parcel("A1", "0", [], Success=False, Reason="暂无轨迹信息")))

    assert (found.events, found.node) == ((), None)
    assert found.warnings == ("lookup_failed: 暂无轨迹信息", "no_scans")


def test_a_nameless_entry_does_not_take_its_neighbour_along():
    (found,) = READ(push(parcel("", "3", []), parcel("B2", "1", [trace("2026-01-01 10:00:00", "已揽收")])))

    assert (found.waybill_no, found.node) == ("B2", CustomerNode.PICKED_UP)
    assert found.warnings[0].startswith("no_waybill: 1 of 2")


def test_the_form_the_double_form_and_the_bare_json_say_the_same():
    bare = push(parcel("A1", "2", [trace("2026-01-01 10:00:00", "100% 到达 & 派送")]))
    text = bare.decode()

    for body in (
        urlencode({"RequestData": text, "RequestType": "101", "DataSign": "x"}).encode(),
        urlencode({"RequestData": quote(text), "RequestType": "101"}).encode(),
        json.dumps({"RequestData": text, "DataSign": "x"}).encode(),
    ):
        assert READ(body) == READ(bare)


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"RequestType=101", "missing_field"), (b'{"Data": []}', "no_waybill"), (b'{"Data": [{}]}', "no_waybill")],
)
def test_what_cannot_be_read_has_a_code(body, code):
    with pytest.raises(Unreadable) as caught:
        READ(body)

    assert caught.value.code == code
