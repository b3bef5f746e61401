"""Threads that write at the same time share a commit; each gets its own answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DataError, OperationalError, connection, transaction

from core.models import InboxMessage
from core.services import inbox
from core.services.group_commit import GroupCommit
from core.services.inbox import Arrival

THREADS = 12


def together(desk, items):
    """Put all items at once: the first one's write waits until the others stand behind it."""

    def put(item):
        try:
            return desk.put(item)
        except Exception as exc:
            return exc
        finally:
            connection.close()

    with ThreadPoolExecutor(len(items)) as pool:
        return list(pool.map(put, items))


class Desk:
    """Doubles what it is given, at once for all who wait behind the first."""

    def __init__(self, write=None, expected=THREADS):
        self.batches, self.expected, self.write = [], expected, write
        self.group = GroupCommit(self._double)

    def _double(self, items, line):
        if not self.batches:
            self.batches.append(list(items))
            while len(self.group._waiting) < self.expected - 1:
                threading.Event().wait(0.001)
        else:
            self.batches.append(list(items))
        if self.write:
            self.write(items)
        return [2 * item for item in items]


def test_those_who_wait_are_written_together_and_told_apart(transactional_db):
    desk = Desk()
    assert together(desk.group, list(range(THREADS))) == [2 * item for item in range(THREADS)]
    assert [len(batch) for batch in desk.batches] == [1, THREADS - 1]


def test_one_that_cannot_be_written_spoils_it_for_nobody_else(transactional_db):
    def refuse_seven(items):
        if 7 in items:
            raise DataError("seven")

    answers = together(Desk(refuse_seven).group, list(range(THREADS)))
    assert [item for item in range(THREADS) if answers[item] != 2 * item] == [7]
    assert isinstance(answers[7], DataError)


def test_without_a_database_all_are_told_at_once(transactional_db):
    def gone(items):
        raise OperationalError("gone")

    desk = Desk(gone)
    assert all(isinstance(answer, OperationalError) for answer in together(desk.group, list(range(THREADS))))
    assert len(desk.batches) == 2


def test_a_connection_that_died_is_replaced_before_anybody_is_refused(transactional_db):
    desk = GroupCommit(lambda arrivals, line: inbox.store(arrivals, line))
    assert desk.put(Arrival("channel:x", "1", b"{}", {}))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [desk._line.connection.info.backend_pid])
    assert desk.put(Arrival("channel:x", "2", b"{}", {}))
    assert InboxMessage.objects.count() == 2


def test_nobody_waits_for_a_thread_that_was_told_to_end(transactional_db):
    def end(items, line):
        raise SystemExit

    desk = GroupCommit(end)
    with pytest.raises(SystemExit):
        desk.put(1)
    assert not desk._desk.locked()


def test_more_than_fit_are_written_in_turns(transactional_db):
    desk = Desk()
    desk.group._at_most = 4
    assert together(desk.group, list(range(THREADS))) == [2 * item for item in range(THREADS)]
    assert [len(batch) for batch in desk.batches] == [1, 4, 4, 3]


@pytest.mark.django_db
def test_inside_a_transaction_of_its_own_an_item_is_part_of_it():
    desk = GroupCommit(lambda arrivals, line: inbox.store(arrivals, line))
    with transaction.atomic():
        assert desk.put(Arrival("channel:x", "1", b"{}", {}))
        transaction.set_rollback(True)
    assert not InboxMessage.objects.exists()


def test_two_who_bring_the_same_copies_in_another_order_wait_for_no_deadlock(transactional_db):
    """Each statement holds some of the keys while it waits for the other's."""
    keys = [str(number) for number in range(400)]
    batches = [[Arrival("channel:x", key, b"{}", {}) for key in order] for order in (keys, keys[::-1])]

    def store(batch):
        try:
            return sum(inbox.store(batch))
        finally:
            connection.close()

    for _again in range(8):
        InboxMessage.objects.all().delete()
        with ThreadPoolExecutor(2) as pool:
            assert sum(pool.map(store, batches)) == len(keys)
