import pytest
from django.db import connection, transaction

from core.errors import Conflict
from core.models import InboxMessage
from core.services import inbox
from core.services.inbox import Arrival, Settlement


def put(key="k1", source="channel:taobao:s1"):
    [fresh] = inbox.store([Arrival(source, key, b'{"a": 1}', {"topic": "t"})])
    return fresh


def overdue():
    InboxMessage.objects.update(lease_until="2000-01-01T00:00Z", next_attempt_at="2000-01-01T00:00Z")


@pytest.mark.django_db
def test_a_second_copy_is_the_same_message():
    assert [put(), put(), put("k2")] == [True, False, True]
    assert InboxMessage.objects.count() == 2


@pytest.mark.django_db
def test_claims_share_out_and_respect_the_lease():
    put("a")
    put("b")
    assert [message.delivery_key for message in inbox.claim("channel:", 10)] == ["a", "b"]
    assert inbox.claim("channel:", 10) == []
    assert inbox.claim("carrier:", 10) == []


@pytest.mark.django_db
def test_a_message_that_was_tried_before_is_handed_out_alone():
    for key in "abc":
        put(key)
    inbox.claim("channel:", 10)
    overdue()
    put("fresh")
    assert [m.delivery_key for m in inbox.claim("channel:", 10)] == ["fresh"]
    assert [m.delivery_key for m in inbox.claim("channel:", 10)] == ["a"]


@pytest.mark.django_db
def test_a_message_that_kills_its_worker_is_parked_after_five_claims():
    put()
    for attempt in range(1, inbox.MAX_ATTEMPTS + 1):
        [message] = inbox.claim("channel:", 10)
        assert message.attempts == attempt
        overdue()
    assert inbox.claim("channel:", 10) == []
    parked = InboxMessage.objects.get()
    assert (parked.state, parked.attempts, parked.error_code) == ("dead", 5, "worker_died")


@pytest.mark.django_db
def test_a_worker_that_comes_back_late_is_fenced_off():
    put()
    [late] = inbox.claim("channel:", 10)
    overdue()
    [current] = inbox.claim("channel:", 10)
    with pytest.raises(Conflict) as caught, transaction.atomic():
        inbox.settle([Settlement(late, "created")])
    assert caught.value.code == "lease_lost"
    inbox.fail(late, "x", "late worker")
    inbox.settle([Settlement(current, "created")])
    row = InboxMessage.objects.get()
    assert (row.state, row.outcome, row.error_code) == ("done", "created", "")


@pytest.mark.django_db
def test_replay_revives_only_parked_messages_and_three_clicks_are_one():
    put()
    [message] = inbox.claim("channel:", 10)
    inbox.fail(message, "bad", "no", park=True)
    assert [inbox.replay([message.pk], reason="fixed") for _click in range(3)] == [1, 0, 0]
    [again] = inbox.claim("channel:", 10)
    assert again.attempts == 1


@pytest.mark.django_db
def test_refusals_are_counted_and_the_first_sample_kept():
    for body in (b"one", b"two"):
        inbox.count_refused("channel:jd:x", "not_json", body)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count, sample FROM core_refusedpush")
        count, sample = cursor.fetchone()
    assert (count, bytes(sample)) == (2, b"one")
