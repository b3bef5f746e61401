"""顺丰: increments of several waybills, in JSON, XML and forms."""

import json
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from core.errors import Unreadable
from fulfillment.domain.carriage import CustomerNode, TrackStatus
from integrations.carriers.registry import tracker

READ = tracker("sf").read


def route(number, code, at="2026-01-01 10:00:00", **more):
    return {"mailno": number, "opCode": code, "acceptTime": at, "acceptAddress": "深圳市", "remark": "……", **more}


def push(*routes):
    return json.dumps({"Body": {"WaybillRoute": list(routes)}}, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("code", "status", "node"),
    [
        ("50", TrackStatus.PICKED_UP, CustomerNode.PICKED_UP),
        ("54", TrackStatus.PICKED_UP, CustomerNode.PICKED_UP),
        ("36", TrackStatus.IN_TRANSIT, None),
        ("204", TrackStatus.OUT_FOR_DELIVERY, None),
        ("125", TrackStatus.AT_LOCKER, None),
        ("33", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("70", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("80", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("8000", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("648", TrackStatus.RETURNING, CustomerNode.EXCEPTION),
        ("31337", TrackStatus.UNKNOWN, None),
    ],
)
def test_an_operation_code_means_one_status(code, status, node):
    (parcel,) = READ(push(route("SF1", code, id="77")))

    assert (parcel.carrier, parcel.events[0].status, parcel.node) == ("SF", status, node)
    assert (parcel.events[0].event_id, parcel.events[0].place) == ("77", "深圳市")


def test_scans_are_sorted_and_grouped_by_waybill():
    body = push(
        route("SF1", "80", "2026-01-03 09:00:00"),
        route("SF2", "50", "2026-01-01 08:00:00"),
        route("SF1", "50", "2026-01-01 09:00:00"),
    )

    first, second = READ(body)

    assert [event.code for event in first.events] == ["50", "80"]
    assert first.node is CustomerNode.DELIVERED
    assert (second.waybill_no, second.node) == ("SF2", CustomerNode.PICKED_UP)


def test_an_unknown_code_after_delivery_takes_nothing_back():
    (parcel,) = READ(push(route("SF1", "80"), route("SF1", "31337", "2026-01-02 10:00:00")))

    assert parcel.node is CustomerNode.DELIVERED
    assert parcel.warnings == ("unknown_code: 31337",)


def test_every_envelope_says_the_same():
    scans = [{"acceptTime": "2026-01-01 10:00:00", "acceptAddress": "深圳市", "remark": "已签收", "opCode": "80"}]
    query = {"success": True, "msgData": {"routeResps": [{"mailNo": "SF1", "routes": scans}]}}
    xml = (
        '<Request service="RoutePushService"><Body><WaybillRoute mailno="SF1" acceptTime="2026-01-01 10:00:00" '
        'acceptAddress="深圳市" remark="已签收" opCode="80"/></Body></Request>'
    )
    bodies = [
        push({**scans[0], "mailno": "SF1"}),
        json.dumps({"apiResultCode": "A1000", "apiResultData": json.dumps(query)}).encode(),
        json.dumps({"wayBillNo": "SF1", "route": scans}).encode(),
        json.dumps({"waybillNo": "SF1", "routeList": scans}).encode(),
        json.dumps([{**scans[0], "waybillNo": "SF1"}]).encode(),
        json.dumps({"request": json.loads(push({**scans[0], "mailno": "SF1"}))}).encode(),
        xml.encode(),
        urlencode({"content": xml}).encode(),
        urlencode({"content": push({**scans[0], "mailno": "SF1"}).decode()}).encode(),
    ]

    read = [READ(body) for body in bodies]

    assert read == [read[0]] * len(bodies)
    assert read[0][0].events[0].at == datetime(2026, 1, 1, 2, 0, tzinfo=UTC)


def test_a_scan_with_nothing_but_a_number_is_kept_with_a_word():
    (parcel,) = READ(push({"mailno": "SF1", "orderid": "O-1", "id": "3"}))

    assert (parcel.events[0].status, parcel.events[0].at, parcel.node) == (TrackStatus.UNKNOWN, None, None)
    assert len(parcel.warnings) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"Body": {}}', "no_scans"),
        (b'{"Body": {"WaybillRoute": [{"opCode": "50"}]}}', "no_waybill"),
        (b"<Request><Body>", "not_xml"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "not_xml"),
        (b"<a>" * 2000 + b"</a>" * 2000, "too_deep"),
        (b"a=1", "missing_field"),
    ],
)
def test_what_cannot_be_read_has_a_code(body, code):
    with pytest.raises(Unreadable) as caught:
        READ(body)

    assert caught.value.code == code
