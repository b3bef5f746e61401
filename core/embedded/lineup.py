"""The processes of one machine: counterpart, web, worker, beat and, for a demonstration, a trickle of traffic."""

from pathlib import Path

from core.embedded.home import Home
from core.embedded.ports import LOOPBACK, allotted
from core.embedded.supervisor import ChildSpec, python

THREADS = "16"  # of each web process; those of the door mostly wait for a commit they share
QUEUES = "ingest,order,wave,label,push,bulk"


def children(base: Path, home: Home, host: str, port: int, *, traffic: bool, level: str = "warning") -> list[ChildSpec]:
    """In starting order; they are ended in the reverse. `base` is the checkout, `level` the log level."""
    counterpart = allotted(home)["counterpart"]
    celery = python("-m", "celery", "--quiet", "-A", "config")
    specs = [
        ChildSpec("counterpart", _counterpart(home, counterpart, port), grace=3, port=counterpart),
        ChildSpec("web", _web(host, port, level), grace=8, port=port),
        ChildSpec("worker", [*celery, "worker", *_worker(level)], grace=15),
        ChildSpec("beat", [*celery, "beat", "-l", level, "-s", str(home.run / "beat.schedule"), "--pidfile="], grace=3),
    ]
    if traffic:
        specs.append(ChildSpec("traffic", python(str(base / "manage.py"), "demo_traffic"), grace=3))
    return specs


def _counterpart(home: Home, port: int, web: int) -> list[str]:
    """The outside world: it remembers what it issued, and pushes tracking to our own door."""
    return [
        *python("-m", "counterpart", "--port", str(port), "--callback", f"http://{LOOPBACK}:{web}"),
        *("--state-dir", str(home.root / "counterpart")),
    ]


def _web(host: str, port: int, level: str) -> list[str]:
    return [
        *python("-m", "granian", "config.wsgi:application", "--interface", "wsgi", "--host", host, "--port", str(port)),
        *("--workers", "2", "--blocking-threads", THREADS, "--http", "1", "--no-ws", "--log-level", level),
        *("--workers-kill-timeout", "5", "--respawn-failed-workers"),
    ]


def _worker(level: str) -> list[str]:
    # Gossip and mingle talk to other workers of the cluster; here is one.
    return ["-Q", QUEUES, "-c", "3", "-P", "prefork", "-l", level, "--without-gossip", "--without-mingle"]
