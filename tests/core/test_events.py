import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from core import subscriptions
from core.context import acting
from core.errors import Conflict
from core.events import EventType, NewEvent
from core.models import Delivery, Event
from core.services import outbox
from core.services.events import Append, append, upcast, upcaster
from core.subscriptions import Permanent, Transient

HAPPENED = EventType("test.happened")


@pytest.fixture
def subscriber(monkeypatch):
    """Registers a subscriber for the length of a test."""
    monkeypatch.setattr(subscriptions, "_subscribers", dict(subscriptions._subscribers))
    by_type = subscriptions._by_type.copy()
    by_type[HAPPENED.name] = []
    monkeypatch.setattr(subscriptions, "_by_type", by_type)
    return subscriptions.subscribe


def happen(stream="test:1", expected=0, count=1):
    with transaction.atomic():
        append([Append(stream, expected, [NewEvent(HAPPENED, {"n": n}) for n in range(count)])])


@pytest.mark.django_db
def test_versions_run_on_from_the_expected_one():
    with acting("user:chen", "req-1"):
        happen(count=2)
    happen(expected=2)
    rows = Event.objects.filter(stream="test:1").order_by("version")
    assert [(row.version, row.actor) for row in rows] == [(1, "user:chen"), (2, "user:chen"), (3, "machine")]


@pytest.mark.django_db
def test_a_stale_version_is_a_conflict_and_writes_nothing():
    happen()
    with pytest.raises(Conflict) as caught:
        happen(expected=0)
    assert caught.value.code == "stale_version"
    assert Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE core_event SET actor = 'x'", "DELETE FROM core_event"])
def test_history_cannot_be_rewritten(statement):
    happen()
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().actor == "machine"


@pytest.mark.django_db
def test_old_payloads_are_read_as_todays():
    upcaster("test.renamed", 1)(lambda payload: {"new": payload["old"]})
    upcaster("test.renamed", 2)(lambda payload: {**payload, "unit": "g"})
    assert upcast("test.renamed", 1, {"old": 5}) == {"new": 5, "unit": "g"}
    assert upcast("test.renamed", 3, {"new": 6}) == {"new": 6}


@pytest.mark.django_db
def test_a_local_subscriber_gets_each_event_once_in_order(subscriber):
    seen = []
    subscriber("local", [HAPPENED.name], local=lambda events: seen.extend(event.payload["n"] for event in events))
    happen(count=3)
    assert outbox.relay_all() == 3
    assert outbox.relay_all() == 0
    assert seen == [0, 1, 2]


@pytest.mark.django_db
def test_a_poisoned_event_is_parked_and_its_neighbours_flow(subscriber):
    seen = []

    def handle(events):
        for event in events:
            if event.payload["n"] == 7:
                raise ValueError("poison")
        seen.extend(event.stream for event in events)

    subscriber("picky", [HAPPENED.name], local=handle)
    with transaction.atomic():
        append([Append(f"test:{n}", 0, [NewEvent(HAPPENED, {"n": n})]) for n in range(20)])
    outbox.relay_all()
    assert seen == [f"test:{n}" for n in range(20) if n != 7]
    for _ in range(outbox.MAX_LOCAL_ATTEMPTS):
        Delivery.objects.filter(state="pending").update(next_attempt_at="2000-01-01T00:00Z")
        outbox.relay_all()
    dead = Delivery.objects.get(state="dead")
    assert (dead.stream, dead.attempts) == ("test:7", outbox.MAX_LOCAL_ATTEMPTS)
    assert "poison" in dead.last_error


@pytest.mark.django_db
def test_a_waiting_event_holds_back_the_later_ones_of_its_stream_only(subscriber):
    seen, broken = [], True

    def handle(events):
        if broken and any(event.stream == "test:1" for event in events):
            raise ValueError("not yet")
        seen.extend((event.stream, event.version) for event in events)

    subscriber("ordered", [HAPPENED.name], local=handle)
    happen("test:1")
    outbox.relay_all()
    happen("test:1", expected=1)
    happen("test:2")
    outbox.relay_all()
    assert seen == [("test:2", 1)]
    broken = False
    Delivery.objects.filter(state="pending").update(next_attempt_at="2000-01-01T00:00Z")
    outbox.relay_all()
    assert seen == [("test:2", 1), ("test:1", 1), ("test:1", 2)]


@pytest.mark.django_db
def test_remote_failures_back_off_or_park(subscriber):
    answers = [Transient("busy", retry_after=90), Permanent("gone")]

    def call(event):
        raise answers.pop(0)

    subscriber("remote", [HAPPENED.name], remote=call)
    happen()
    outbox.relay()
    waiting = Delivery.objects.get()
    assert (waiting.state, waiting.attempts) == ("pending", 1)
    assert 60 < (waiting.next_attempt_at - waiting.created_at).total_seconds() < 120
    Delivery.objects.update(next_attempt_at="2000-01-01T00:00Z")
    outbox.relay()
    assert Delivery.objects.get().state == "dead"
    assert [outbox.revive([waiting.pk]) for _click in range(3)] == [1, 0, 0]


@pytest.mark.django_db
def test_a_remote_worker_that_lost_its_lease_cannot_mark_the_delivery(subscriber):
    def slow(event):
        Delivery.objects.update(token=99)  # another worker took it over meanwhile

    subscriber("slow", [HAPPENED.name], remote=slow)
    happen()
    outbox.relay()
    assert Delivery.objects.get().state == "doing"
