"""Faults in the middle of traffic: processes and servers killed as `kill -9` does, the broker emptied."""

import logging
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import psutil
import redis
import requests
from django.conf import settings
from django.db import connection
from django.db.utils import InterfaceError, OperationalError

from core import invariants
from core.embedded.errors import StackError
from core.embedded.home import Home
from core.embedded.process import Record
from core.models import Delivery, InboxMessage
from inventory.models import Reservation, Stock
from oms.models import Order

log = logging.getLogger(__name__)

READY_SECONDS = 60.0
DRAIN_SECONDS = 60.0


@dataclass
class Havoc:
    """What was done, how long each recovery took (s), and what went wrong in doing it."""

    done: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)

    @property
    def p95(self) -> float:
        ordered = sorted(self.recoveries)
        return round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2) if ordered else 0.0


class Saboteur:
    """Kills by name what the supervisor of this checkout keeps alive, and waits until it runs and answers again."""

    def __init__(self, web_url: str, rng: Random) -> None:
        self._home, self._web_url, self._rng = Home(Path(settings.VAR_DIR)), web_url.rstrip("/"), rng
        self.havoc, self._tried = Havoc(), 0
        self._acts: dict[str, Callable[[], None]] = {
            "worker": lambda: self._kill("worker"),
            "web": lambda: self._kill("web"),
            "valkey": lambda: self._kill("valkey"),
            "flushall": self._flush,
            "postgres": lambda: self._kill("postgres"),
        }

    def strike(self, name: str) -> None:
        """One fault, and its recovery; a fault that could not be done or not be recovered from is trouble."""
        started = time.monotonic()
        self._tried += 1
        try:
            self._acts[name]()
        except (redis.RedisError, psutil.Error, LookupError) as exc:
            self.havoc.trouble.append(f"{name} was not struck: {exc!r}")
            return
        self.havoc.done.append(name)
        while not self._ready():
            if time.monotonic() - started > READY_SECONDS:
                self.havoc.trouble.append(f"{name} did not come back in {READY_SECONDS:.0f} s")
                return
            time.sleep(0.1)
        self.havoc.recoveries.append(time.monotonic() - started)

    def rampage(self, until: threading.Event) -> None:
        """Every fault in a random order, a few seconds apart, then again while `until` is not set."""
        try:
            while not self._tried or not until.is_set():
                for name in self._rng.sample(list(self._acts), k=len(self._acts)):
                    self.strike(name)
                    time.sleep(self._rng.uniform(1.0, 2.5))
        except Exception as exc:  # a saboteur that ends early would make every promise easy to keep
            self.havoc.trouble.append(f"the saboteur died: {exc!r}")
            raise

    def _kill(self, name: str) -> None:
        """SIGKILL to the process and all below it (PostgreSQL's backends lead process groups of their own), then wait
        for another one under its name."""
        record = self._running(name, None)
        leader = psutil.Process(record.pid)
        family = [leader, *leader.children(recursive=True)]
        for process in family:
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        _gone, alive = psutil.wait_procs(family, timeout=5)
        if alive:
            raise LookupError(f"{name} survived: {alive}")
        self._running(name, record)

    def _running(self, name: str, but: Record | None) -> Record:
        """The process of this name, once one other than `but` runs: the supervisor takes its time after many ends."""
        until = time.monotonic() + READY_SECONDS
        while time.monotonic() < until:
            record = Record.load(self._home, name)
            if record is not None and record != but:
                return record
            time.sleep(0.05)
        raise LookupError(f"no {name} is running")

    def _flush(self) -> None:
        redis.Redis.from_url(settings.CELERY_BROKER_URL).flushall()

    def _ready(self) -> bool:
        try:
            answer = requests.get(f"{self._web_url}/readyz", timeout=2)
        except requests.RequestException:
            return False
        named = all(Record.load(self._home, name) for name in ("web", "worker", "beat", "postgres", "valkey"))
        return named and answer.status_code == 200 and all(answer.json().values())


@contextmanager
def through_failures() -> Iterator[None]:
    """The floor's people meet the faults too: what breaks is left for their next round."""
    try:
        yield
    except (OperationalError, InterfaceError, StackError, redis.RedisError, OSError) as exc:
        log.warning("the crew pauses: %s", exc)
        connection.close()


def drained() -> bool:
    """Nothing waits in the inbox, the outbox or for allocation."""
    return not (
        InboxMessage.objects.filter(state__in=["new", "doing"]).exists()
        or Delivery.objects.filter(state__in=["pending", "doing"]).exists()
        or Order.objects.filter(allocatable=True).exists()
    )


def wait_drained() -> bool:
    """Wait for it, through lost connections."""
    return _wait(drained)


def wait_arrived(order_nos: Collection[str]) -> bool:
    """Wait until all of these orders are here, those too that only the platforms' lists have."""
    return _wait(lambda: not set(order_nos) - set(Order.objects.values_list("order_no", flat=True)))


def _wait(done: Callable[[], bool]) -> bool:
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until:
        try:
            if done():
                return True
        except (OperationalError, InterfaceError):
            connection.close()
        time.sleep(0.3)
    return False


def oversold() -> int:
    """Stock rows that promise more than there is."""
    return sum(row.on_hand - row.reserved - row.frozen < 0 for row in Stock.objects.all())


def leaked() -> int:
    """Pending reservations that belong to no open sub-order."""
    held = Reservation.objects.filter(state="pending")
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM oms_suborder WHERE status IN ('reserved', 'waved', 'picked', 'packed')")
        return held.exclude(group__in=[row[0] for row in cursor.fetchall()]).count()


def broken() -> list[str]:
    """Names of the invariants that do not hold."""
    return [finding.name for finding in invariants.run() if finding.violations]
