"""The CRM hears each event once, knows who sent it, and its troubles are sorted into later and never."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from core import clock
from counterpart import keys
from integrations.crm.client import Endpoint, Kind, Outcome, Push, message, outcome, push
from integrations.http import Reply

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
EVENT = Push("evt_1", "shipment.delivered", AT, {"order_no": "A1", "waybill_no": "SF1", "node": "delivered"})


@pytest.fixture
def crm(outside):
    return Endpoint(f"{outside.url}/crm/events", (keys.CRM_SECRET,), ("127.0.0.1",))


def test_an_event_arrives_and_a_repeat_is_the_same_event(crm, ask):
    assert push(EVENT, crm, clock.now()) == Outcome(Kind.OK, "204")
    assert push(EVENT, crm, clock.now()).kind is Kind.OK

    (heard,) = ask("crm")
    assert (heard["id"], heard["attempts"]) == ("evt_1", 2)
    assert heard["event"] == {"type": "shipment.delivered", "timestamp": AT.isoformat(), "data": dict(EVENT.data)}


def test_another_implementation_accepts_the_signature():
    call = message(EVENT, ("whsec_" + "bmV3" * 11, keys.CRM_SECRET), clock.now())

    assert Webhook(keys.CRM_SECRET).verify(call.body, dict(call.headers))["type"] == "shipment.delivered"
    assert len(call.headers["webhook-signature"].split(" ")) == 2


@pytest.mark.parametrize(
    ("mode", "kind", "code"),
    [
        ("error", Kind.TRANSIENT, "500"),
        ("429", Kind.TRANSIENT, "429"),
        ("drop_before", Kind.TRANSIENT, "no_answer"),
        ("drop_after", Kind.TRANSIENT, "no_answer"),
        ("redirect", Kind.PERMANENT, "302"),
    ],
)
def test_trouble_is_sorted(mode, kind, code, crm, tell):
    tell("faults", {"path": "/crm", "mode": mode, "seconds": 7})

    result = push(EVENT, crm, clock.now())

    assert (result.kind, result.code) == (kind, code)
    assert result.retry_after == (7 if mode == "429" else None)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(200, b""), Kind.OK),
        (Reply(410, b""), Kind.PERMANENT),
        (Reply(400, b"no"), Kind.PERMANENT),
        (Reply(401, b""), Kind.TRANSIENT),  # their secret may be on its way
        (Reply(408, b""), Kind.TRANSIENT),
        (Reply(503, b""), Kind.TRANSIENT),
    ],
)
def test_every_status_has_a_meaning(reply, expected):
    assert outcome(reply, AT).kind is expected


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("Mon, 23 Nov 2026 08:01:30 GMT", 90),
        ("Mon, 23 Nov 2026 07:00:00 GMT", 0),
        ("999999999", 86400),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_the_pause_is_a_number_or_a_date(asked, seconds):
    assert outcome(Reply(503, b"", {"retry-after": asked}), AT).retry_after == seconds


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://crm.example.com.evil.test/x",
        "https://crm.example.com@evil.test/x",
        "http://crm.example.com/x",
        "file:///etc/passwd",
        "https://[::1",
        "",
    ],
)
def test_only_configured_hosts_are_called(url):
    result = push(EVENT, Endpoint(url, (keys.CRM_SECRET,), ("crm.example.com",)), clock.now())

    assert (result.kind, result.code) == (Kind.PERMANENT, "forbidden_host")


@pytest.mark.parametrize(
    ("event", "secrets"),
    [
        (replace(EVENT, event_id="a.b"), (keys.CRM_SECRET,)),
        (replace(EVENT, event_id=""), (keys.CRM_SECRET,)),
        (EVENT, ()),
        (EVENT, ("whsec_?",)),
        (replace(EVENT, data={"x": "长" * 9000}), (keys.CRM_SECRET,)),
    ],
)
def test_what_cannot_be_a_webhook_is_not_sent(event, secrets, crm, ask):
    result = push(event, replace(crm, secrets=secrets), clock.now())

    assert (result.kind, result.code) == (Kind.PERMANENT, "bad_message")
    assert ask("crm") == []


def test_a_forged_event_is_refused(crm, ask):
    result = push(EVENT, replace(crm, secrets=("whsec_" + "bmV3" * 11,)), clock.now())

    assert (result.kind, result.code) == (Kind.TRANSIENT, "401")
    assert ask("crm") == [] and ask("state")["refused"] == 1
