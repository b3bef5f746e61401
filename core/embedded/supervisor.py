"""Keeps child processes and the servers below them running, and ends them all in order."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from core.embedded import process
from core.embedded.discover import SUPERVISED
from core.embedded.errors import StackError
from core.embedded.process import Record
from core.embedded.stack import Stack

LONGEST_PAUSE = 30.0
# A child that ran this long was healthy: its next crash counts as the first.
HEALTHY_SECONDS = 20.0


@dataclass(frozen=True)
class ChildSpec:
    """One child: `grace` is how many seconds it gets between SIGTERM and SIGKILL."""

    name: str
    command: Sequence[str]
    grace: float = 10.0
    port: int | None = None


@dataclass
class _Child:
    spec: ChildSpec
    record: Record | None = None
    started: float = 0.0
    crashes: int = 0
    due: float = 0.0
    reader: threading.Thread | None = field(default=None, repr=False)


class Supervisor:
    """Call `start`, then `tick` a few times a second, then `stop`.

    Every child leads a session of its own: a Ctrl-C at the terminal reaches the supervisor only, which ends the
    children in the reverse of their order, whole process groups, and leaves the servers to the caller.
    """

    def __init__(
        self, stack: Stack, specs: Sequence[ChildSpec], environ: Mapping[str, str], say: Callable[[str, str], None]
    ) -> None:
        """`say(name, line)` is called from several threads, for each line of a child and for the supervisor's own."""
        self.stack = stack
        self.home = stack.home
        self.environ = {**os.environ, **environ, SUPERVISED: "1", "PYTHONUNBUFFERED": "1"}
        self.say = say
        self._children = [_Child(spec) for spec in specs]
        self._server_due = 0.0

    def start(self) -> None:
        for child in self._children:
            self._launch(child)

    def tick(self) -> None:
        """Start again what has ended: servers first, then children whose pause is over."""
        self._revive_servers()
        now = time.monotonic()
        for child in self._children:
            if child.record is not None and not child.record.alive():
                self._bury(child, now)
            if child.record is None and now >= child.due:
                self._launch(child)

    def pid(self, name: str) -> int | None:
        """The pid of a running child."""
        return next((c.record.pid for c in self._children if c.spec.name == name and c.record), None)

    def crashes(self, name: str) -> int:
        """How often in a row a child has ended soon after its start."""
        return next(child.crashes for child in self._children if child.spec.name == name)

    def stop(self, hurry: Callable[[], bool] = lambda: False) -> None:
        """End all children; as soon as `hurry` says so (a second Ctrl-C), without waiting."""
        for child in reversed(self._children):
            if child.record is None:
                continue
            grace = 0.0 if hurry() else child.spec.grace
            child.record.end(signal.SIGTERM, grace, signal.SIGKILL, group=True)
            child.record.forget(self.home)
            child.record = None
        for child in self._children:
            if child.reader is not None:
                child.reader.join(timeout=2)

    def _launch(self, child: _Child) -> None:
        spec = child.spec
        try:
            started = subprocess.Popen(
                spec.command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=self.environ,
            )
        except OSError as exc:
            raise StackError(f"{spec.name} cannot be started: {exc}", "bin/setup") from exc
        process.remember(started)
        child.started = time.monotonic()
        child.reader = threading.Thread(target=self._read, args=(spec.name, started), daemon=True)
        child.reader.start()
        record = Record.of(spec.name, started.pid, spec.port)
        # None: it ended at once; the next tick sees an ended child like any other.
        child.record = (record or Record(spec.name, started.pid, "gone")).save(self.home)

    def _read(self, name: str, started: "subprocess.Popen[bytes]") -> None:
        assert started.stdout is not None
        with started.stdout as lines:
            for line in lines:
                self.say(name, line.decode(errors="replace").rstrip())

    def _bury(self, child: _Child, now: float) -> None:
        assert child.record is not None
        healthy = now - child.started > HEALTHY_SECONDS
        child.crashes = 1 if healthy else child.crashes + 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (child.crashes - 1))
        child.record.end(signal.SIGKILL, 0.0, signal.SIGKILL, group=True)
        child.record.forget(self.home)
        child.record = None
        child.due = now + pause
        self.say("devstack", f"{child.spec.name} has ended; again in {pause:g} s")

    def _revive_servers(self) -> None:
        if self.stack.running() or time.monotonic() < self._server_due:
            return
        self.say("devstack", "a server has ended; starting it again")
        try:
            self.stack.start()
        except StackError as exc:
            self._server_due = time.monotonic() + 5
            self.say("devstack", str(exc))


def python(*arguments: str) -> list[str]:
    """The command line of this very interpreter with `arguments`."""
    return [sys.executable, *arguments]
