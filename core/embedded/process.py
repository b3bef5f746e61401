"""Which process is which: a pid alone may have passed to a stranger, so each record keeps the birth of its process."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from core.embedded.home import Home

# Servers and children started by this process; polling them reaps them when they end.
_started: list["subprocess.Popen[bytes]"] = []


def birth(pid: int) -> str | None:
    """A text that no other process of this machine ever shares with `pid`; None when it is gone or a zombie."""
    for child in _started:
        if child.pid == pid:
            child.poll()
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
            boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        except (FileNotFoundError, ProcessLookupError):
            return None
        state, *fields = stat.rpartition(")")[2].split()
        return None if state in "ZX" else f"{boot}:{fields[18]}"
    found = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _space, started = found.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()


def command_line(pid: int) -> str:
    """The command line of `pid`, empty when it is gone."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return found.stdout.strip()


def remember(child: "subprocess.Popen[bytes]") -> None:
    """Keep the handle of a process that outlives its starter's interest, so that it is reaped and never a zombie."""
    _started[:] = [known for known in _started if known.poll() is None]
    _started.append(child)


@dataclass(frozen=True)
class Record:
    """One running process as written to run/<name>.json."""

    name: str
    pid: int
    birth: str
    port: int | None = None

    @classmethod
    def of(cls, name: str, pid: int, port: int | None = None) -> "Record | None":
        born = birth(pid)
        return cls(name, pid, born, port) if born else None

    @classmethod
    def load(cls, home: Home, name: str) -> "Record | None":
        """The recorded process if it still runs; a stale or torn record is as good as none."""
        value = home.read_json(f"run/{name}.json")
        try:
            record = cls(**value)
        except TypeError:
            return None
        return record if record.alive() else None

    def save(self, home: Home) -> "Record":
        home.write_json(f"run/{self.name}.json", asdict(self))
        return self

    def forget(self, home: Home) -> None:
        home.remove(f"run/{self.name}.json")

    def alive(self) -> bool:
        return birth(self.pid) == self.birth

    def wait(self, seconds: float) -> bool:
        """True as soon as the process has ended, False when `seconds` pass first."""
        deadline = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def end(self, first: signal.Signals, grace: float, then: signal.Signals, *, group: bool = False) -> None:
        """Send `first`, wait `grace` seconds, send `then`. With `group` the whole process group it leads."""
        send = os.killpg if group else os.kill
        for number, seconds in ((first, grace), (then, 10.0)):
            if not self.alive():
                break
            try:
                send(self.pid, number)
            except ProcessLookupError:
                break
            if self.wait(seconds):
                break
        if group:
            _kill_rest(self.pid)


def _kill_rest(group: int) -> None:
    """Whatever of a group outlived its leader; the group id stays taken as long as one member lives."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
