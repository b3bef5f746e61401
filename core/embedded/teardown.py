"""End whatever of a home still runs, whoever started it."""

import signal

from core.embedded.home import Home
from core.embedded.process import Record
from core.embedded.stack import Stack

SUPERVISOR = "supervisor"
SERVERS = ("postgres", "valkey")
# The supervisor gives its children 15 s, then PostgreSQL its checkpoint.
SUPERVISOR_SECONDS = 90.0


def running_children(home: Home) -> list[Record]:
    """The recorded processes other than the servers and the supervisor, each the leader of its own group."""
    names = sorted(path.stem for path in home.run.glob("*.json"))
    records = (Record.load(home, name) for name in names if name not in (*SERVERS, SUPERVISOR))
    return [record for record in records if record is not None]


def stop_children(home: Home, grace: float = 10.0) -> list[str]:
    """End the children of a supervisor that died; their names."""
    children = running_children(home)
    for child in children:
        child.end(signal.SIGTERM, grace, signal.SIGKILL, group=True)
        child.forget(home)
    return [child.name for child in children]


def stop_everything(home: Home) -> list[str]:
    """The supervisor first, for it knows the order; then what it or a killed one left. The names of what ended."""
    if not home.run.exists():
        return []
    ended = []
    supervisor = Record.load(home, SUPERVISOR)
    if supervisor is not None:
        ended = [child.name for child in running_children(home)]
        supervisor.end(signal.SIGTERM, SUPERVISOR_SECONDS, signal.SIGKILL)
        supervisor.forget(home)
        ended.append(SUPERVISOR)
    return ended + stop_children(home) + Stack(home).stop()
