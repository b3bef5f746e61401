"""Tracking pushes as the carriers send them: read and believed by our trackers, repeated and reordered when told."""

import pytest

from core import clock
from counterpart import keys
from counterpart.tracking import formats
from integrations.carriers.registry import tracker
from integrations.channels.adapter import Push
from integrations.http import Call, send


def read(got):
    """(tracker, node or None, newest status) of each push that was taken, verified on the way."""
    said = []
    for status, path, body in got:
        name, _slash, query = path.removeprefix("/hooks/carriers/").partition("/")
        source = tracker(name)
        params = dict(part.split("=") for part in query.lstrip("?").split("&") if part)
        source.verify(Push(body, query=params), keys.push_secrets()[name], clock.now())
        (parcel,) = source.read(body)
        assert parcel.warnings == ()
        if status == 200:
            said.append((name, parcel.node and parcel.node.value, parcel.events[-1].status.value))
    return said


@pytest.mark.parametrize(("carrier", "form"), [("SF", "sf"), ("ZTO", "kuaidi100"), ("YUNDA", "kdniao")])
def test_a_journey_is_told_in_the_words_of_its_carrier(carrier, form, tell, door):
    tell("settings", {"callback": door.url})
    plan = [
        {"status": status, "after_s": index * 0.05}
        for index, status in enumerate(["picked_up", "in_transit", "out_for_delivery", "at_locker", "delivered"])
    ]
    tell("track", {"waybill_no": "W1", "carrier": carrier, "plan": plan})

    said = read(door.wait_for(5))

    assert said == [
        (form, "picked_up", "picked_up"),
        (form, None, "in_transit"),
        (form, None, "out_for_delivery"),
        (form, None, "at_locker"),
        (form, "delivered", "delivered"),
    ]


@pytest.mark.parametrize("status", formats.STATUSES)
@pytest.mark.parametrize("form", ["sf", "kuaidi100", "kdniao"])
def test_every_status_survives_the_way(form, status, tell, door):
    tell("settings", {"callback": door.url})
    tell("track", {"waybill_no": "W1", "carrier": "SF", "plan": [status], "format": form})

    ((_form, _node, newest),) = read(door.wait_for(1))

    assert newest == ("returning" if (form, status) == ("sf", "returned") else status)


def test_a_push_that_is_not_taken_comes_again(tell, door, ask):
    door.answers = [503, 500]
    tell("settings", {"callback": door.url})
    tell("track", {"waybill_no": "W1", "carrier": "SF", "plan": ["picked_up"]})

    got = door.wait_for(3)

    assert [status for status, _path, _body in got] == [503, 500, 200]
    assert len({body for _status, _path, body in got}) == 1
    assert [row["http"] for row in ask("pushes")] == [503, 500, 200]


def test_duplicates_and_overtaking_happen_when_told(tell, door):
    tell("settings", {"callback": door.url})
    plan = [{"status": "picked_up", "after_s": 0}, {"status": "delivered", "after_s": 0.1}]
    tell("track", {"waybill_no": "W1", "carrier": "SF", "plan": plan, "duplicate": 1, "reorder": 1})

    nodes = [node for _form, node, _status in read(door.wait_for(5))]

    assert nodes == ["delivered", "picked_up", "picked_up", "delivered", "delivered"]


def test_a_parcel_reported_to_its_platform_sets_out_by_itself(tell, door, ask, outside):
    tell("settings", {"callback": door.url, "speed": 1_000_000})
    body = b'{"type": "shipment.created", "data": {"order_no": "A1", "waybill_no": "SF9", "carrier": "SF"}}'

    for _ in range(2):
        assert send(outside.url, Call("POST", "/webhooks/shipments", body, {"webhook-id": "m1"})).status == 204
    door.wait_for(6)
    while not ask("state")["idle"]:
        pass
    said = read(door.got)

    assert said[0][1] == "picked_up" and said[-1][1] == "delivered"
    assert ask("state")["journeys"] == 1
