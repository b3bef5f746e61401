"""Signed Shopify webhooks through the real server, 16 kept-alive connections, one in ten sent twice: the product's hook
against a plain Django ORM view beside it in the same processes, and bare committed inserts of 16 connections."""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import timedelta
from random import Random
from typing import Any
from urllib.parse import urlsplit

from benchmarks import harness

MESSAGES, CONNECTIONS, TWICE, LOAD = 1500, 16, 0.1, 0.7


def main() -> None:
    harness.prepare()
    from django.db import connection

    from catalog.models import Shop
    from catalog.selectors import shops
    from core import clock
    from core.embedded.ports import free_ports
    from core.models import InboxMessage
    from integrations.channels.sender import hook_path
    from integrations.registry import channel
    from integrations.services.trial_orders import purchases

    rng = Random(3)
    shop = Shop.objects.get(platform="shopify")
    adapter, secret = channel(shop.platform), shops.access(shop).push_secrets[0]
    hook, acknowledged = hook_path(adapter, shop.code), set[bytes]()

    def pushes() -> list[Any]:
        made = purchases(shop, MESSAGES, rng, clock.now() - timedelta(hours=1))
        signed = [adapter.sign(adapter.render(purchase), secret, clock.now()) for purchase in made]
        sent = signed + rng.sample(signed, int(MESSAGES * TWICE))
        rng.shuffle(sent)
        return sent

    def through(path: str, rate: float = 0.0) -> tuple[float, list[float]]:
        sent = pushes()
        took, latencies, answered = _post(url, path, sent, rate)
        assert answered == len(sent), f"{len(sent) - answered} of {len(sent)} were not answered 2xx"
        if path == hook:
            acknowledged.update(push.body for push in sent)
        return len(sent) / took, sorted(latencies)

    url = f"http://127.0.0.1:{free_ports(1)[0]}"
    with _server(url, secret):
        through(hook), through("/plain/")
        value, floor = harness.interleaved(lambda: through(hook)[0], lambda: through("/plain/")[0], 3)
        _rate, latencies = through(hook, rate=value * LOAD)
    ceiling = _bare_inserts(connection.get_connection_params())
    stored = InboxMessage.objects.filter(source=f"channel:{shop.platform}:{shop.code}").count()
    if stored != len(acknowledged):
        sys.exit(f"{len(acknowledged)} messages were acknowledged and {stored} are stored")
    detail = {
        "connections": CONNECTIONS, "sent_twice": TWICE, "acknowledged": len(acknowledged), "stored": stored,
        "p99_ms_at_70_percent": round(latencies[int(0.99 * len(latencies))], 1),
        "ceiling_inserts_per_s": round(ceiling, 1), "of_ceiling": round(value / ceiling, 3),
        "ceiling_by": f"our own loop of {CONNECTIONS} connections, no pgbench",
    }  # fmt: skip
    harness.report("ingest", value, "messages/s", floor, "messages/s, plain ORM view on the same server", detail)


@contextmanager
def _server(url: str, secret: str) -> Any:
    """Gunicorn as the product runs it."""
    command = [
        sys.executable, "-m", "gunicorn", "benchmarks.plain_site:application()", "--bind", urlsplit(url).netloc,
        "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--preload", "--no-control-socket",
        "--log-level", "error",
    ]  # fmt: skip
    process = subprocess.Popen(command, env={**os.environ, "PLAIN_SECRET": secret})
    try:
        _wait_for(url)
        yield
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=2)
            line.request("GET", "/livez")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not come up")


def _post(url: str, path: str, pushes: Sequence[Any], rate: float) -> tuple[float, list[float], int]:
    """Seconds in all, latencies (ms) from when each was due, and how many 2xx; `rate` a second, 0: closed loop."""
    queue, lock = iter(list(enumerate(pushes))), threading.Lock()
    latencies: list[float] = []
    good = 0
    started = time.perf_counter()

    def work() -> None:
        nonlocal good
        line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        while True:
            with lock:
                entry = next(queue, None)
            if entry is None:
                break
            index, push = entry
            due = started + index / rate if rate else time.perf_counter()
            time.sleep(max(0.0, due - time.perf_counter()))
            line.request("POST", path, push.body, dict(push.headers))
            answer = line.getresponse()
            answer.read()
            with lock:
                latencies.append((time.perf_counter() - due) * 1000)
                good += 200 <= answer.status < 300

    _together(work)
    return time.perf_counter() - started, latencies, good


def _together(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _bare_inserts(params: dict[str, Any], each: int = 200) -> float:
    """Single committed inserts: the ceiling of any design that commits one by one."""
    import psycopg2

    known = {"dbname", "user", "password", "host", "port"}
    lines = [psycopg2.connect(**{k: v for k, v in params.items() if k in known}) for _ in range(CONNECTIONS)]
    pending = iter(lines)

    def work() -> None:
        line = next(pending)
        line.autocommit = True
        with line.cursor() as cursor:
            for number in range(each):
                cursor.execute(
                    "INSERT INTO core_inboxmessage (source, delivery_key, body, meta, state, attempts, token,"
                    " error_code, error, outcome) VALUES ('bare', %s, %s, '{}', 'done', 0, 0, '', '', '')",
                    [f"{id(line)}:{number}", b"x" * 1500],
                )

    return harness.rate(each * CONNECTIONS, lambda: _together(work))


if __name__ == "__main__":
    main()
