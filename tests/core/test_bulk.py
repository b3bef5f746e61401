import uuid

import pytest
from django.db import DataError, IntegrityError

from core import clock
from core.models import Event, Sealed
from core.services import bulk

pytestmark = pytest.mark.django_db


def event(version=1, **over):
    return {
        "stream": "test:1", "version": version, "type": "test.happened", "schema": 1, "payload": {"n": version},
        "actor": "user:陈", "occurred_at": clock.now(), **over,
    }  # fmt: skip


def test_every_kind_of_column_comes_back_as_it_went_in():
    moment, record = clock.now(), uuid.uuid4()
    bulk.insert(Event, [event(1, payload={"深": ["层", 1.5, True]}, occurred_at=moment, request_id="a\"b\\c\n'%s")])
    bulk.insert(Sealed, [{"id": record, "key_id": "k", "ciphertext": "\\x00ff", "tags": ["phone:a", "b,c{}"]}])
    stored, sealed = Event.objects.get(), Sealed.objects.get()
    assert (stored.payload, stored.occurred_at) == ({"深": ["层", 1.5, True]}, moment)
    assert (stored.actor, stored.request_id) == ("user:陈", "a\"b\\c\n'%s")
    assert stored.recorded_at is not None, "a column not named gets the database's default"
    assert (sealed.id, bytes(sealed.ciphertext), sealed.tags) == (record, b"\x00\xff", ["phone:a", "b,c{}"])


def test_an_upsert_changes_the_named_columns_and_no_other():
    first, second = uuid.uuid4(), uuid.uuid4()
    bulk.insert(Sealed, [{"id": first, "key_id": "old", "ciphertext": "\\x01", "tags": ["a"]}])
    bulk.upsert(
        Sealed, [{"id": key, "key_id": "new", "ciphertext": "\\x02", "tags": []} for key in (first, second)], ["id"]
    )
    assert set(Sealed.objects.values_list("id", "key_id")) == {(first, "new"), (second, "new")}


def test_no_rows_is_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        bulk.insert(Event, [])
        bulk.upsert(Event, [], ["id"])


@pytest.mark.parametrize(
    ("over", "error"),
    [({"actor": "a\x00b"}, DataError), ({"stream": "x" * 81}, DataError), ({"version": 0}, IntegrityError)],
)
def test_the_database_still_refuses_what_it_would_not_hold(over, error):
    with pytest.raises(error):
        bulk.insert(Event, [event(**over)])
