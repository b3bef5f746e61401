"""Who runs the servers: PostgreSQL refuses root, so root lends them to an account without rights."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.embedded.errors import StackError
from core.embedded.home import Home


@dataclass(frozen=True)
class Account:
    """`switch` is false when the servers simply run as we do."""

    uid: int
    gid: int
    switch: bool

    def popen(self) -> dict[str, Any]:
        """The arguments that make `subprocess` run as this account, with private files."""
        who: dict[str, Any] = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}
        return {**who, "umask": 0o077}

    def own(self, path: Path) -> None:
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        self.own(path)

    def can_enter(self, folder: Path) -> bool:
        return not self.switch or self._runs(["/bin/sh", "-c", 'cd -- "$0"', str(folder)])

    def can_run(self, binary: Path) -> bool:
        return not self.switch or self._runs([str(binary), "--version"])

    def _runs(self, command: list[str]) -> bool:
        try:
            done = subprocess.run(command, cwd="/", capture_output=True, check=False, **self.popen())
        except PermissionError:
            return False
        return done.returncode == 0


def server_account(home: Home) -> Account:
    """Ourselves; under root the owner of `home`, or `nobody` when that is root too."""
    uid = os.geteuid()
    if uid != 0:
        return Account(_named(uid).pw_uid, os.getegid(), switch=False)
    owner = home.root.stat().st_uid
    if owner != 0:
        entry = _named(owner)
        return Account(entry.pw_uid, entry.pw_gid, switch=True)
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise StackError(
            "PostgreSQL does not run as root and there is no account `nobody`",
            "run as an ordinary user, or set DATABASE_URL and REDIS_URL",
        ) from None
    return Account(entry.pw_uid, entry.pw_gid, switch=True)


def _named(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        raise StackError(
            f"uid {uid} has no entry in the passwd file, which PostgreSQL needs",
            "run as a named user, or set DATABASE_URL and REDIS_URL",
        ) from None
