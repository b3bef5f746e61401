"""Being a platform: sign messages and post them to a running web process over kept-alive connections."""

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from integrations.channels.adapter import Channel, Push
from integrations.channels.mischief import Parcel, tamper

_TIMEOUT = 30.0
_PAUSE = 0.25  # before the first re-send; doubles up to _LONGEST_PAUSE
_LONGEST_PAUSE = 4.0


@dataclass(slots=True)
class Report:
    """What came of a run. `refused` counts every answer that was no 2xx, `failed` those that never came."""

    sent: int = 0
    accepted: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict)
    latencies_ms: list[float] = field(default_factory=list)
    acknowledged: list[Parcel] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Latency under which `share` of the answers came (nearest rank), 0 without answers."""
        if not self.latencies_ms:
            return 0.0
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def as_dict(self) -> dict[str, float | int]:
        """The contract's keys of `send_webhooks`; what got no answer at all counts as refused."""
        return {
            "sent": self.sent,
            "accepted": self.accepted,
            "refused": self.refused + self.failed,
            "p50_ms": round(self.percentile(0.50), 2),
            "p99_ms": round(self.percentile(0.99), 2),
            "per_s": round(self.sent / self.seconds, 1) if self.seconds else 0.0,
        }


def hook_path(channel: Channel, shop_code: str) -> str:
    return f"/hooks/channels/{channel.key}/{shop_code}/"


def send(
    channel: Channel,
    shop_code: str,
    secret: str,
    parcels: Sequence[Parcel],
    *,
    base_url: str,
    now: Callable[[], datetime],
    rate: float = 0.0,
    concurrency: int = 4,
    attempts: int = 1,
) -> Report:
    """Post every parcel once, or up to `attempts` times while the answer is 5xx or none comes, as platforms do.

    `rate` is parcels a second (0: as fast as it goes); each is signed when it leaves so that its timestamp is fresh.
    """
    report, lock, queue = Report(), threading.Lock(), iter(list(enumerate(parcels)))
    started = time.monotonic()

    def work() -> None:
        line = _Line(base_url)
        while True:
            with lock:
                entry = next(queue, None)
            if entry is None:
                break
            index, parcel = entry
            if rate:
                time.sleep(max(0.0, started + index / rate - time.monotonic()))
            status, took = _deliver(line, channel, shop_code, secret, parcel, now, attempts)
            with lock:
                _count(report, parcel, status, took)
        line.close()

    workers = [threading.Thread(target=work, daemon=True) for _ in range(max(1, min(concurrency, len(parcels))))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    report.seconds = time.monotonic() - started
    return report


def _deliver(
    line: "_Line",
    channel: Channel,
    shop_code: str,
    secret: str,
    parcel: Parcel,
    now: Callable[[], datetime],
    attempts: int,
) -> tuple[int, float]:
    """Status of the last answer (0: none) and how long it took in ms."""
    pause = _PAUSE
    for attempt in range(1, attempts + 1):
        push = channel.sign(parcel.message, secret, now())
        if parcel.tampered:
            push = replace(push, body=tamper(push.body))
        begun = time.perf_counter()
        status = line.post(hook_path(channel, shop_code), push)
        took = (time.perf_counter() - begun) * 1000
        if 0 < status < 500 or attempt == attempts:
            break
        time.sleep(pause)
        pause = min(pause * 2, _LONGEST_PAUSE)
    return status, took


def _count(report: Report, parcel: Parcel, status: int, took: float) -> None:
    report.sent += 1
    if not status:
        report.failed += 1
        return
    report.statuses[status] = report.statuses.get(status, 0) + 1
    report.latencies_ms.append(took)
    if 200 <= status < 300:
        report.accepted += 1
        report.acknowledged.append(parcel)
    else:
        report.refused += 1


class _Line:
    """One kept-alive connection; opened anew once when the server has closed it in the meantime."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._secure, self._host, self._port = parts.scheme == "https", parts.hostname or "127.0.0.1", parts.port
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, push: Push) -> int:
        """Status of the answer, 0 when there was none."""
        target = f"{path}?{urlencode(push.query)}" if push.query else path
        fresh = self._connection is None
        status = self._try(target, push)
        return status if status or fresh else self._try(target, push)

    def _try(self, target: str, push: Push) -> int:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=_TIMEOUT)
        try:
            self._connection.request("POST", target, push.body, dict(push.headers))
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0
        if answer.will_close:
            self.close()
        return answer.status

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
