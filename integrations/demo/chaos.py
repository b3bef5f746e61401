"""Faults in the middle of traffic: processes and servers killed as `kill -9` does, the broker emptied."""

import os
import signal
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import requests
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from redis.exceptions import RedisError

from core import invariants
from core.embedded.home import Home
from core.embedded.process import Record
from core.models import Delivery, InboxMessage
from inventory.models import Reservation, Stock
from oms.models import Order

READY_SECONDS = 60.0
DRAIN_SECONDS = 60.0


@dataclass
class Havoc:
    """What was done and how long each recovery took (s)."""

    done: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        ordered = sorted(self.recoveries)
        return round(ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))], 2) if ordered else 0.0


class Saboteur:
    """Kills by name what the supervisor of this checkout keeps alive, and waits until the door answers again."""

    def __init__(self, web_url: str, rng: Random) -> None:
        self._home, self._web_url, self._rng = Home(Path(settings.VAR_DIR)), web_url.rstrip("/"), rng
        self.havoc = Havoc()
        self._acts: dict[str, Callable[[], None]] = {
            "worker": lambda: self._kill("worker"),
            "web": lambda: self._kill("web"),
            "valkey": lambda: self._kill("valkey"),
            "flushall": cache.clear,
            "postgres": lambda: self._kill("postgres"),
        }

    def strike(self, name: str) -> None:
        """One fault, and its recovery."""
        self._acts[name]()
        self.havoc.done.append(name)
        started = time.monotonic()
        time.sleep(0.3)
        while time.monotonic() - started < READY_SECONDS:
            if self._ready():
                break
            time.sleep(0.1)
        self.havoc.recoveries.append(time.monotonic() - started)

    def rampage(self, until: threading.Event) -> None:
        """Every fault in a random order, a few seconds apart, then again while `until` is not set."""
        while True:
            for name in self._rng.sample(list(self._acts), k=len(self._acts)):
                try:
                    self.strike(name)
                except (RedisError, OSError):
                    self.havoc.done.append(f"{name} (was down)")
                time.sleep(self._rng.uniform(1.0, 2.5))
            if until.is_set():
                return

    def _kill(self, name: str) -> None:
        record = Record.load(self._home, name)
        if record is not None:
            try:
                os.killpg(os.getpgid(record.pid), signal.SIGKILL)
            except ProcessLookupError:
                return

    def _ready(self) -> bool:
        try:
            answer = requests.get(f"{self._web_url}/readyz", timeout=2)
        except requests.RequestException:
            return False
        return answer.status_code == 200 and all(answer.json().values())


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
