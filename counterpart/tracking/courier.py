"""Sends the pushes when they are due, again until they are taken, twice or late when told to."""

import contextlib
import heapq
import itertools
import logging
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from random import Random
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from counterpart.journal import Entry
from counterpart.tracking import formats, plan
from counterpart.tracking.plan import Step
from counterpart.world import World

log = logging.getLogger(__name__)

_TIMEOUT, _TRIES = 10.0, 12
_LANES = 4  # pushes in flight
_OPEN = build_opener(ProxyHandler({}))  # a company proxy does not know our own machine


class Courier:
    """One clock thread hands due steps to a few senders. Steps of a parcel go one after another, so that only what is
    told to overtake does."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: deque[Entry] = deque(maxlen=20_000)
        self._due: list[tuple[float, int, str, int, int]] = []  # when, tie, waybill number, step, tries
        self._ties, self._wake, self._ended = itertools.count(), threading.Condition(), False
        self._senders = ThreadPoolExecutor(_LANES, thread_name_prefix="courier")
        self._clock = threading.Thread(target=self._run, name="courier", daemon=True)
        self.world.on_ship = self.begin

    def start(self) -> None:
        """Take up what was on its way before this process began, then keep going."""
        for journey in list(self.world.journeys.values()):
            self._schedule(journey, journey["told"])
        self._clock.start()

    def stop(self) -> None:
        with self._wake:
            self._ended = True
            self._wake.notify()
        self._senders.shutdown(wait=False, cancel_futures=True)

    def begin(self, shipped: Entry) -> None:
        """A parcel was handed over: its usual journey, once per number."""
        with self.world.lock:
            on, number = self.world.settings["auto_track"], shipped["waybill_no"]
            if not on or not number or number in self.world.journeys:
                return
            issued = self.world.by_number.get(number, {})
            rng = Random(f"{self.world.settings['seed']}:{number}")
            city, speed = issued.get("city", ""), float(self.world.settings["speed"])
            steps = plan.usual(city, time.time(), speed, float(self.world.settings["trouble"]), rng)
            self.follow(number, issued.get("carrier") or shipped["carrier"] or "ZTO", steps)

    def follow(self, number: str, carrier: str, steps: list[Step], form: str = "", **odds: float) -> Entry:
        """Push `steps` in `form` (else the carrier's usual one); `odds` override `duplicate` and `reorder`."""
        journey = self.world.remember(
            "journey", waybill_no=number, carrier=carrier, form=form or formats.USUAL.get(carrier, "kdniao"),
            steps=[asdict(step) for step in steps], odds=odds,
        )  # fmt: skip
        self._schedule(self.world.journeys[number], 0)
        return journey

    def idle(self) -> bool:
        """Whether every journey has been told to its end."""
        with self.world.lock:
            return all(journey["told"] >= len(journey["steps"]) for journey in self.world.journeys.values())

    def _schedule(self, journey: Entry, step: int, *, tries: int = 0, delay: float = 0.0) -> None:
        if step < len(journey["steps"]):
            when = max(journey["steps"][step]["at"], time.time()) + delay
            with self._wake:
                heapq.heappush(self._due, (when, next(self._ties), journey["waybill_no"], step, tries))
                self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._ended and (not self._due or self._due[0][0] > time.time()):
                    self._wake.wait(self._due[0][0] - time.time() if self._due else None)
                if self._ended:
                    return
                _when, _tie, number, step, tries = heapq.heappop(self._due)
            with contextlib.suppress(RuntimeError):  # shutting down
                self._senders.submit(self._deliver, number, step, tries)

    def _deliver(self, number: str, step: int, tries: int) -> None:
        try:
            self._push(number, step, tries)
        except Exception:
            log.exception("pushing %s", number)  # a sender's own fault must not end the courier

    def _push(self, number: str, step: int, tries: int) -> None:
        journey, callback = self.world.journeys[number], str(self.world.settings["callback"])
        if not callback:
            self._schedule(journey, step, delay=1.0)
            return
        rng = Random(f"{self.world.settings['seed']}:{number}:{step}")
        last = step + 1 == len(journey["steps"])
        overtaken = tries == 0 and not last and rng.random() < self._odds(journey, "reorder")
        if overtaken:
            self._post(callback, journey, step + 1)
        status = self._post(callback, journey, step)
        if not 200 <= status < 300 and tries + 1 < _TRIES:
            self._schedule(journey, step, tries=tries + 1, delay=min(0.5 * 2**tries, 20.0))
            return
        if rng.random() < self._odds(journey, "duplicate"):
            self._post(callback, journey, step)
        self.world.remember("pushed", waybill_no=number, step=step + 1)
        self._schedule(journey, step + 1)

    def _odds(self, journey: Entry, name: str) -> float:
        return float(journey["odds"].get(name, self.world.settings[name]))

    def _post(self, callback: str, journey: Entry, step: int) -> int:
        """HTTP status of one push, 0 when nobody answered."""
        steps = [Step(**row) for row in journey["steps"][: step + 1]]
        made = formats.posting(journey["form"], journey["carrier"], journey["waybill_no"], steps)
        request = Request(callback.rstrip("/") + made.path, made.body, {"content-type": made.content_type})  # noqa: S310
        try:
            with _OPEN.open(request, timeout=_TIMEOUT) as reply:
                status = int(reply.status)
        except HTTPError as exc:
            status = exc.code
        except (URLError, OSError):
            status = 0
        shown: Entry = {"waybill_no": journey["waybill_no"], "step": step, "status": steps[-1].status, "http": status}
        self.done.append(shown | {"form": journey["form"], "at": time.time()})
        return status


def odds(given: dict[str, Any]) -> dict[str, float]:
    """The journey's own probabilities in a request to track."""
    return {name: float(given[name]) for name in ("duplicate", "reorder") if name in given}
