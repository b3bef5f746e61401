"""What the benchmarks share: value and floor measured in turn, medians, one JSON object as the last line."""

import contextlib
import http.client
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

ROUNDS = 5
START_SECONDS = 60


def interleaved(value: Callable[[], float], floor: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians of both, measured in turn so that a noisy neighbour hits both alike."""
    values, floors = [], []
    for _round in range(rounds):
        values.append(value())
        floors.append(floor())
    return median(values), median(floors)


def rate(count: int, work: Callable[[], Any]) -> float:
    """`count` things per second."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def report(name: str, value: float, unit: str, floor: float, floor_unit: str, detail: dict[str, Any]) -> None:
    """Print the contract's object; `--json` or not, it is the same line."""
    told = {
        "name": name, "value": round(value, 1), "unit": unit, "floor": round(floor, 1), "floor_unit": floor_unit,
        "ratio": round(value / floor, 3) if floor else None, "detail": detail,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


def prepare(*, commit_times: bool = False) -> None:
    """Django, a migrated database and the demo business in it; `commit_times`: PostgreSQL remembers when each
    transaction was committed."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    if commit_times:
        _remember_commit_times()
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    call_command("seed_demo", if_empty=True, stock=1_000_000, verbosity=0)


def _remember_commit_times() -> None:
    import psycopg2
    from django.conf import settings

    from core.embedded import discover
    from core.embedded.postgres import SUPERUSER

    stack = discover.ensure(settings.VAR_DIR)
    with contextlib.closing(psycopg2.connect(stack.postgres.url(SUPERUSER))) as line:
        line.autocommit = True
        line.cursor().execute("ALTER SYSTEM SET track_commit_timestamp = on")
    stack.stop()
    stack.start()


@contextlib.contextmanager
def running(*names: str, **environ: str) -> Iterator[int]:
    """Those of the product's processes (`web`, `worker`, `beat`), just as `make run` starts them; the web's port."""
    from django.conf import settings

    from core.embedded import discover, lineup
    from core.embedded.home import Home
    from core.embedded.ports import LOOPBACK, free_ports
    from core.embedded.supervisor import Supervisor

    (port,) = free_ports(1)
    base = Path(__file__).resolve().parent.parent
    specs = lineup.children(base, Home(settings.VAR_DIR), LOOPBACK, port, traffic=False, level="error")
    chosen = [spec for spec in specs if spec.name in names]
    told = {"PWD": str(base), **environ}
    said: list[str] = []
    supervisor = Supervisor(discover.stack(settings.VAR_DIR), chosen, told, lambda _name, line: said.append(line))
    supervisor.start()
    try:
        if "web" in names:
            _wait_for(port)
        yield port
    except BaseException:
        print(*said[-40:], sep="\n", file=sys.stderr)
        raise
    finally:
        supervisor.stop()


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/livez")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    sys.exit("the web process did not answer")
