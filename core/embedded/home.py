"""The folder that holds everything a stack of servers owns: secrets, ports, process records, logs, data."""

import contextlib
import fcntl
import json
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core.embedded.errors import StackError

NEEDED_BYTES = 400 * 1024 * 1024
ELSEWHERE_PREFIX = "onerope-"


class Home:
    """`var/` of a checkout, or a throwaway folder below it.

    Files are private to their owner. Under root the folder itself is 0711, for the unprivileged account that runs
    the servers must pass through it to its own data directories, which are 0700 like everything else.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()

    @property
    def run(self) -> Path:
        return self.root / "run"

    @property
    def log(self) -> Path:
        return self.root / "log"

    def prepare(self) -> None:
        """Make the folders; StackError when another account owns them or the disk is full."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.geteuid() not in (0, self.root.stat().st_uid):
                raise StackError(f"{self.root} belongs to another account", "run as that account")
            if os.geteuid() == 0 and self.root.stat().st_uid == 0:
                self.root.chmod(0o711)
            for folder in (self.run, self.log):
                folder.mkdir(mode=0o700, exist_ok=True)
                self.hand_over(folder)
        except OSError as exc:
            raise StackError(
                f"cannot write to {self.root}: {exc.strerror}", "make it writable for this account"
            ) from exc

    def require_space(self, needed: int = NEEDED_BYTES) -> None:
        free = shutil.disk_usage(self.servers).free
        if free < needed:
            raise StackError(
                f"{free // 2**20} MB left on the disk of {self.servers}, {needed // 2**20} MB needed", "free some space"
            )

    def hand_over(self, path: Path) -> None:
        """What root makes inside somebody else's folder stays theirs, or they could not work there again."""
        if os.geteuid() == 0:
            owner = self.root.stat()
            os.chown(path, owner.st_uid, owner.st_gid)

    # --- small JSON files, replaced as a whole so that a crash leaves the old one or the new one ---

    def read_json(self, name: str) -> dict[str, Any]:
        """The object in `name`; empty when the file is absent or was torn by a crash."""
        try:
            value = json.loads((self.root / name).read_bytes())
        except FileNotFoundError:
            return {}
        except PermissionError as exc:
            raise StackError(f"{self.root / name} belongs to another account", "run as that account") from exc
        except ValueError:
            return {}
        return value if isinstance(value, dict) else {}

    def write_json(self, name: str, value: dict[str, Any]) -> None:
        path = self.root / name
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w") as file:
            json.dump(value, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        self.hand_over(Path(temporary))
        os.replace(temporary, path)

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    # --- locks ---

    @contextlib.contextmanager
    def locked(self, name: str = "start", *, seconds: float = 90) -> Iterator[None]:
        """Hold the lock that everyone takes who starts or stops a server here (or who makes the files of `name`)."""
        with self.open_lock(f"{name}.lock") as file:
            deadline = time.monotonic() + seconds
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > deadline:
                        raise StackError(
                            f"{self.run}/{name}.lock has been held for {seconds:.0f} s", "make stop"
                        ) from None
                    time.sleep(0.02)
            yield

    def open_lock(self, name: str) -> Any:
        """The open file of a lock in run/; closing it releases the lock."""
        path = self.run / name
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+")
        if os.fstat(file.fileno()).st_uid != self.root.stat().st_uid:
            self.hand_over(path)
        return file

    # --- where the servers' own files live ---

    @property
    def servers(self) -> Path:
        """The folder above the data directories: this one, or its stand-in after `move_servers`."""
        return (self._stand_in() or self.root) if self.read_json("elsewhere.json").get("data") else self.root

    def move_servers(self) -> None:
        """Keep the data directories in the stand-in from now on: the servers' account cannot reach this folder."""
        self.write_json("elsewhere.json", {"path": str(self.elsewhere()), "data": True})

    def elsewhere(self) -> Path:
        """A folder of our own among the system's temporary files that every account can pass through.

        /var/tmp before /tmp: it survives a reboot and is never memory.
        """
        path = self._stand_in()
        if path is None:
            parent = next((p for p in (Path("/var/tmp"), Path(tempfile.gettempdir())) if os.access(p, os.W_OK)), None)  # noqa: S108
            if parent is None:
                raise StackError("no temporary folder is writable", "set TMPDIR")
            path = Path(tempfile.mkdtemp(prefix=ELSEWHERE_PREFIX, dir=parent))
            path.chmod(0o711)
            self.write_json("elsewhere.json", {**self.read_json("elsewhere.json"), "path": str(path)})
        return path

    def _stand_in(self) -> Path | None:
        path = Path(self.read_json("elsewhere.json").get("path", ""))
        return path if self._is_ours(path) else None

    @staticmethod
    def _is_ours(path: Path) -> bool:
        try:
            status = path.lstat()
        except FileNotFoundError:
            return False
        return stat.S_ISDIR(status.st_mode) and status.st_uid == os.geteuid() and path.name.startswith(ELSEWHERE_PREFIX)

    def erase(self) -> None:
        """Remove the folder and all it owns; nothing of it may be running."""
        elsewhere = self._stand_in()
        if elsewhere is not None:
            shutil.rmtree(elsewhere)
        shutil.rmtree(self.root)
