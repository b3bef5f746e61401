"""快递100: which state a parcel is in, whom its customer hears of, and what is odd about a push."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from core.errors import Unreadable
from fulfillment.domain.carriage import CustomerNode, TrackStatus
from integrations.carriers.registry import tracker

READ = tracker("kuaidi100").read


def push(data, state="0", **more):
    envelope = {"status": "polling", "message": "", **more}
    last = {"message": "ok", "nu": "YT1", "com": "yuantong", "status": "200", "state": state, "data": data}
    return json.dumps({**envelope, "lastResult": last}, ensure_ascii=False).encode()


def scan(at, words, code=None, **more):
    row = {"time": at, "ftime": at, "context": words, **more}
    return {**row, "statusCode": code} if code is not None else row


def test_events_are_told_oldest_first_in_utc():
    body = push([scan("2026-01-02 09:00:00", "已到达", "0"), scan("2026-01-01 23:30:00", "已揽收", "103")])

    (parcel,) = READ(body)

    assert (parcel.waybill_no, parcel.carrier, parcel.warnings) == ("YT1", "YTO", ())
    assert [event.at for event in parcel.events] == [
        datetime(2026, 1, 1, 15, 30, tzinfo=UTC),
        datetime(2026, 1, 2, 1, 0, tzinfo=UTC),
    ]
    assert [event.status for event in parcel.events] == [TrackStatus.PICKED_UP, TrackStatus.IN_TRANSIT]


@pytest.mark.parametrize(
    ("state", "status", "node"),
    [
        ("0", TrackStatus.IN_TRANSIT, None),
        ("1002", TrackStatus.IN_TRANSIT, None),
        ("1", TrackStatus.PICKED_UP, CustomerNode.PICKED_UP),
        ("103", TrackStatus.PICKED_UP, CustomerNode.PICKED_UP),
        ("101", TrackStatus.CREATED, None),
        ("102", TrackStatus.CREATED, None),
        ("2", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("201", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("205", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("3", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("304", TrackStatus.DELIVERED, CustomerNode.DELIVERED),
        ("4", TrackStatus.RETURNED, CustomerNode.EXCEPTION),
        ("401", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("5", TrackStatus.OUT_FOR_DELIVERY, None),
        ("501", TrackStatus.AT_LOCKER, None),
        ("6", TrackStatus.RETURNING, CustomerNode.EXCEPTION),
        ("7", TrackStatus.IN_TRANSIT, None),
        ("12", TrackStatus.IN_TRANSIT, None),
        ("13", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
        ("14", TrackStatus.EXCEPTION, CustomerNode.EXCEPTION),
    ],
)
def test_the_newest_scan_and_the_node_follow_the_state(state, status, node):
    (parcel,) = READ(push([scan("2026-01-01 10:00:00", "……")], state))

    assert (parcel.events[-1].status, parcel.events[-1].code, parcel.node) == (status, state, node)


def test_a_finer_code_of_the_same_state_goes_before_it():
    waiting = READ(push([scan("2026-01-01 10:00:00", "等待揽收", "102")], "1"))[0]
    locker = READ(push([scan("2026-01-01 10:00:00", "已投柜", "501")], "5"))[0]

    assert (waiting.events[-1].status, waiting.node) == (TrackStatus.CREATED, None)
    assert (locker.events[-1].status, locker.node) == (TrackStatus.AT_LOCKER, None)


def test_a_delivered_state_overrules_a_scan_that_lags_behind():
    (parcel,) = READ(push([scan("2026-01-01 10:00:00", "派件中", "5")], "301"))

    assert (parcel.events[-1].status, parcel.node) == (TrackStatus.DELIVERED, CustomerNode.DELIVERED)
    assert parcel.warnings == ("state_mismatch: state 301, newest scan 5",)


def test_words_stand_in_for_missing_codes_but_never_deliver():
    body = push(
        [
            scan("2026-01-01 13:00:00", "【杭州站】正在派送途中,请您准备签收"),
            scan("2026-01-01 12:00:00", "派件异常：客户拒收"),
            scan("2026-01-01 11:00:00", "快件已到达驿站", status="派件"),
            scan("2026-01-01 10:00:00", "[徐州公司]进行揽件扫描"),
        ],
        "5",
    )

    (parcel,) = READ(body)

    assert [event.status for event in parcel.events] == [
        TrackStatus.PICKED_UP,
        TrackStatus.OUT_FOR_DELIVERY,
        TrackStatus.EXCEPTION,
        TrackStatus.OUT_FOR_DELIVERY,
    ]
    assert parcel.node is None


@pytest.mark.parametrize(
    ("body", "warning"),
    [
        (push([], "0", message="3天查询无记录", status="abort"), "stalled: 3天查询无记录, 0 scans"),
        (push([scan("2026-01-01 10:00:00", "签收")], "3", message="3天查询无记录"), "contradictory"),
        (push([], "0", status="abort"), "aborted"),
        (push([], "0", status="abort", comOld="yunda", comNew="yuantong"), "company_corrected: yunda to yuantong"),
        (push([scan("2026-01-01 10:00:99", "x")], "0"), "bad_time: 2026-01-01 10:00:99"),
        (push([scan("", "x")], "0"), "no_time"),
        (push([scan("2026-01-01 10:00:00", "x", "9999")], "0"), "unknown_code: 9999"),
        (push([scan("2026-01-01 10:00:00", "x")], "77"), "unknown_state: 77"),
        (push([scan("2026-01-01 10:00:00", "x")], ""), "no_state"),
        (push([], "0"), "no_scans"),
    ],
)
def test_what_is_odd_is_said(body, warning):
    (parcel,) = READ(body)

    assert any(said.startswith(warning) for said in parcel.warnings), parcel.warnings


def test_the_same_push_reads_the_same_however_it_is_wrapped():
    bare = push([scan("2026-01-01 10:00:00", "已签收 100%&+1", "301")], "3")
    text = bare.decode()
    wrapped = [
        urlencode({"sign": "X", "param": text}).encode(),
        urlencode({"param": quote(text)}).encode(),
        b"param=" + bare + b"&sign=ABC",
        json.dumps({"param": text, "sign": "X"}).encode(),
        json.dumps({"param": json.loads(text)}).encode(),
        b"\xef\xbb\xbf" + bare,
        json.dumps(json.loads(text)["lastResult"]).encode(),
    ]

    assert [READ(body) for body in wrapped] == [READ(bare)] * len(wrapped)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_body"),
        (b"nonsense", "missing_field"),
        (b"param=", "missing_field"),
        (b"param=%7Bnot", "not_json"),
        (b"param=%FF%FE", "not_utf8"),
        (b'{"lastResult": {}}', "no_waybill"),
        (b'{"lastResult": {"nu": NaN}}', "not_finite"),
        (b"[]", "no_waybill"),
        (b"&".join(b"a=1" for _ in range(60)), "not_a_form"),
    ],
)
def test_what_cannot_be_read_has_a_code(body, code):
    with pytest.raises(Unreadable) as caught:
        READ(body)

    assert caught.value.code == code
