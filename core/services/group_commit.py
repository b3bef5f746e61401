"""One transaction for what concurrent threads write: whoever comes first writes for all who came meanwhile.

A commit costs as much for one row as for fifty, so the fuller the house, the cheaper each of them.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

Item = TypeVar("Item")
Result = TypeVar("Result")
Write = Callable[[Sequence[Item], BaseDatabaseWrapper], Sequence[Result]]


class _Seat(Generic[Item, Result]):
    """One caller's item and what became of it."""

    __slots__ = ("error", "item", "result", "settled")
    result: Result

    def __init__(self, item: Item) -> None:
        self.item, self.settled = item, False
        self.error: BaseException | None = None

    def settle(self, result: Result) -> None:
        self.result, self.settled = result, True

    def fail(self, error: BaseException) -> None:
        self.error, self.settled = error, True


class GroupCommit(Generic[Item, Result]):
    """`write` takes items and the connection to write them with, and returns a result for each. It must be one
    statement that may be repeated; `at_most` bounds how many items it is given."""

    def __init__(self, write: Write[Item, Result], at_most: int = 100) -> None:
        self._write, self._at_most = write, at_most
        self._waiting: deque[_Seat[Item, Result]] = deque()
        self._desk = threading.Lock()  # held by the one who writes
        self._line: BaseDatabaseWrapper | None = None  # of the desk: threads come and go

    def put(self, item: Item) -> Result:
        """Returns once the item is committed. Raises what `write` raised of it; the database's absence reaches all
        who were written together. Inside a transaction of the caller's the item is written alone and is part of it.
        """
        if connection.in_atomic_block:
            return self._write([item], connection)[0]
        seat: _Seat[Item, Result] = _Seat(item)
        self._waiting.append(seat)
        while not seat.settled:
            with self._desk:
                if not seat.settled:
                    self._serve(self._next())
        if seat.error is not None:
            raise seat.error
        return seat.result

    def _next(self) -> list[_Seat[Item, Result]]:
        seats: list[_Seat[Item, Result]] = []
        with suppress(IndexError):
            while len(seats) < self._at_most:
                seats.append(self._waiting.popleft())
        return seats

    def _serve(self, seats: Sequence[_Seat[Item, Result]]) -> None:
        try:
            for seat, result in zip(seats, self._written([seat.item for seat in seats]), strict=True):
                seat.settle(result)
        except Exception as exc:  # noqa: BLE001 - each is raised where its item came from
            if len(seats) == 1 or isinstance(exc, OperationalError | InterfaceError):
                for seat in seats:
                    seat.fail(exc)
            else:
                for seat in seats:  # one of them cannot be written: its neighbours can
                    self._serve([seat])
        except BaseException as exc:
            for seat in seats:  # this thread is told to end; the others must not wait for it
                seat.fail(exc)
            raise

    def _written(self, items: Sequence[Item]) -> Sequence[Result]:
        """Nobody asks before each statement whether the connection still lives: a dead one is replaced once."""
        fresh = self._line is None
        if self._line is None:
            self._line = connections.create_connection(connection.alias)
            self._line.inc_thread_sharing()
        try:
            return self._write(items, self._line)
        except (OperationalError, InterfaceError):
            self._line.close()
            self._line = None
            if fresh:
                raise
            return self._written(items)
