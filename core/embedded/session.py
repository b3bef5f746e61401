"""One run of the whole product in the foreground: from an empty machine to a page that answers, and back."""

import http.client
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType

from core.embedded import discover
from core.embedded.errors import StackError
from core.embedded.home import Home
from core.embedded.lineup import children
from core.embedded.ports import LOOPBACK, free_ports, is_free
from core.embedded.process import Record
from core.embedded.supervisor import Supervisor
from core.embedded.teardown import SUPERVISOR, stop_children

READY_SECONDS = 60.0
HOPELESS = 3
TICK_SECONDS = 0.25


class Session:
    """As a context manager it ends everything it started, whatever happens inside."""

    def __init__(
        self, base: Path, home: Home, port: int | None, say: Callable[[str, str], None], level: str = "warning"
    ) -> None:
        """`port` None means PORT or 8000, and 0 any free one."""
        self.base = base
        self.home = home
        self.say = say
        self.level = level
        self.host = os.environ.get("HOST", LOOPBACK)
        self.port = port if port is not None else _number(os.environ.get("PORT") or "8000")
        self._signals = 0
        self._record: Record | None = None
        self._supervisor: Supervisor | None = None

    @property
    def url(self) -> str:
        return f"http://{'localhost' if self.host in (LOOPBACK, '0.0.0.0') else self.host}:{self.port}/"  # noqa: S104

    def __enter__(self) -> "Session":
        discover.refuse_in_production()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        self.home.prepare()
        other = self._claim()
        if other is not None:
            raise StackError(f"this checkout runs already (pid {other.pid})", "make stop")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._supervisor is not None:
            self._supervisor.stop(hurry=lambda: self._signals > 1)
        if self._record is not None:
            discover.stack(self.home.root).stop()
            self._record.forget(self.home)

    def open(self) -> None:
        """Servers up, port free; what a killed predecessor left is ended."""
        stop_children(self.home)
        if self.port == 0:
            (self.port,) = free_ports(1)
        if not is_free(self.port, self.host):
            raise StackError(f"port {self.port} is in use", f"PORT={self.port + 1} make run")
        discover.ensure(self.home.root)

    def start(self, *, traffic: bool) -> None:
        """Start the processes; returns when the page answers."""
        specs = children(self.base, self.home, self.host, self.port, traffic=traffic, level=self.level)
        self._supervisor = Supervisor(discover.stack(self.home.root), specs, {"PWD": str(self.base)}, self.say)
        self._supervisor.start()
        deadline = time.monotonic() + READY_SECONDS
        while not self._signals and not self._answers():
            if self._supervisor.crashes("web") == HOPELESS:
                raise StackError(f"the web process ended {HOPELESS} times in a row", "see its lines")
            if time.monotonic() > deadline:
                raise StackError(f"the web process did not answer within {READY_SECONDS:.0f} s", "see its lines")
            self._supervisor.tick()
            time.sleep(TICK_SECONDS)

    def watch(self, until: Callable[[], bool] = lambda: False) -> None:
        """Keep everything running until a signal, or until `until` says so."""
        assert self._supervisor is not None
        while not self._signals and not until():
            self._supervisor.tick()
            time.sleep(TICK_SECONDS)

    def _claim(self) -> Record | None:
        """Become the supervisor of this home, or name the one that is."""
        with self.home.locked():
            other = Record.load(self.home, SUPERVISOR)
            if other is None:
                mine = Record.of(SUPERVISOR, os.getpid())
                assert mine is not None
                self._record = mine.save(self.home)
            return other

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=5)
        try:
            connection.request("GET", "/livez")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signals += 1


def _number(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise StackError(f"PORT is {text!r}", "PORT=8000 make run")
    return int(text)
