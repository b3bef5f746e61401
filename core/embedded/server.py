"""What both servers have in common: start once, be found again after any crash, stop cleanly."""

import contextlib
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, ClassVar

from core.embedded import process
from core.embedded.account import Account, server_account
from core.embedded.credentials import Credentials, credentials
from core.embedded.errors import StackError
from core.embedded.home import Home
from core.embedded.ports import allot, allotted, is_free
from core.embedded.process import Record

START_SECONDS = 60.0
LOG_KEPT_BYTES = 10 * 2**20


class PortTaken(Exception):
    """Somebody took the port between our choice and the server's bind."""


class Server(ABC):
    """One server of `home`. Callers hold `home.locked()` around `start` and `stop`."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    kill_signal: ClassVar[signal.Signals]
    stop_seconds: ClassVar[float]

    def __init__(self, home: Home, *, durable: bool = True) -> None:
        """`durable=False` is for throwaway stacks: a power cut may cost their data, a crash of a process may not."""
        self.home = home
        self.durable = durable

    @property
    def data(self) -> Path:
        return self.home.servers / self.name

    @property
    def port(self) -> int:
        """The port it has, or will have when it starts; kept from one start to the next."""
        return allotted(self.home)[self.name]

    @property
    def secrets(self) -> Credentials:
        return credentials(self.home)

    def running(self) -> Record | None:
        return Record.load(self.home, self.name)

    def start(self) -> Record:
        """The running server, started if need be. StackError says why it could not."""
        record = self.running() or self._unrecorded()
        if record is not None:
            return record
        account = server_account(self.home)
        if not account.can_enter(self.home.servers):
            self.home.move_servers()
        self.home.require_space()
        self.prepare(account)
        if not is_free(self.port):
            allot(self.home, self.name)
        for _attempt in range(5):
            try:
                return self._launch(account)
            except PortTaken:
                allot(self.home, self.name)
        raise StackError(f"{self.name} found no free port", "see which program takes them all: ss -ltnp")

    def stop(self) -> bool:
        """Shut it down in order; False when none ran."""
        record = self.running() or self._unrecorded()
        if record is None:
            return False
        record.end(self.stop_signal, self.stop_seconds, self.kill_signal)
        record.forget(self.home)
        return True

    # --- what differs ---

    @abstractmethod
    def prepare(self, account: Account) -> None:
        """Make what must exist before the server starts."""

    @abstractmethod
    def command(self, account: Account) -> list[str]:
        """The command line of the server in the foreground."""

    @abstractmethod
    def ready(self, child: int) -> bool:
        """Does the server with this pid take connections?"""

    @abstractmethod
    def written_pid(self) -> int | None:
        """The pid in the file that the server itself writes."""

    @abstractmethod
    def is_mine(self, command_line: str) -> bool:
        """Does this command line belong to the server of this very folder?"""

    # --- the common part ---

    def _unrecorded(self) -> Record | None:
        """A server whose starter died before it could write the record."""
        pid = self.written_pid()
        if pid is None or not self.is_mine(process.command_line(pid)):
            return None
        record = Record.of(self.name, pid, self.port)
        return record.save(self.home) if record else None

    def _launch(self, account: Account) -> Record:
        log = self.home.log / f"{self.name}.log"
        deadline = time.monotonic() + START_SECONDS
        while True:
            with _appending(log) as output:
                begin = output.tell()
                child = subprocess.Popen(
                    self.command(account),
                    cwd=self.data,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                    env={"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/bin:/bin"},
                    **account.popen(),
                )
            self.home.hand_over(log)
            process.remember(child)
            while child.poll() is None:
                if self.ready(child.pid):
                    record = Record.of(self.name, child.pid, self.port)
                    if record:
                        return record.save(self.home)
                if time.monotonic() > deadline:
                    child.kill()
                    raise StackError(f"{self.name} was not ready after {START_SECONDS:.0f} s", f"see {log}")
                time.sleep(0.01)
            self._explain(log, begin, deadline)

    def _explain(self, log: Path, begin: int, deadline: float) -> None:
        """Return to try again (remains of a killed server are still ending), or raise what the log says."""
        with log.open("rb") as file:
            file.seek(begin)
            text = file.read().decode(errors="replace")
        if "already in use" in text:
            raise PortTaken
        leftovers = "shared memory block" in text or "lock file" in text
        if leftovers and time.monotonic() < deadline:
            time.sleep(0.1)
            return
        if "No space left" in text:
            raise StackError(f"the disk of {self.data} is full", "free some space")
        lines = text.strip().splitlines()
        raise StackError(f"{self.name} did not start: {lines[-1] if lines else 'it said nothing'}", f"see {log}")


@contextlib.contextmanager
def _appending(log: Path) -> Iterator[BinaryIO]:
    """`log` open for appending; a long one starts anew, one that belongs to another account is replaced."""
    if log.exists() and (log.stat().st_size > LOG_KEPT_BYTES or not _writable(log)):
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as file:
        file.seek(0, 2)
        yield file


def _writable(path: Path) -> bool:
    try:
        with path.open("ab"):
            return True
    except PermissionError:
        return False
