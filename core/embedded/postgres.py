"""PostgreSQL 18: one cluster, one database, an owner of the schema and a runtime role that may not rewrite history."""

import hashlib
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from core.embedded import process
from core.embedded.account import Account
from core.embedded.binaries import postgres_binaries, reachable
from core.embedded.errors import StackError
from core.embedded.ports import LOOPBACK
from core.embedded.server import Server

DATABASE = "onerope"
OWNER = "onerope_owner"
APP = "onerope_app"
SUPERUSER = "postgres"

SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    # Parallel plans pass tuples through /dev/shm, which containers keep at 64 MB, and there is no core to spare.
    "max_parallel_workers_per_gather": "0",
    # Lock order is fixed throughout, so a wait this long is worth a look; the default notices a deadlock after 1 s.
    "deadlock_timeout": "200ms",
    "log_lock_waits": "on",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

# One statement a line: single-user mode takes each line as a query. `{role}` is that role's password.
# Default privileges are set in template1 and so hold in every database made from it, scratch and test ones too.
SETUP = f"""
CREATE ROLE {OWNER}
CREATE ROLE {APP}
ALTER ROLE {SUPERUSER} PASSWORD '{{{SUPERUSER}}}'
ALTER ROLE {OWNER} LOGIN CREATEDB PASSWORD '{{{OWNER}}}'
ALTER ROLE {APP} LOGIN PASSWORD '{{{APP}}}'
GRANT {APP} TO {OWNER}
ALTER ROLE {OWNER} SET jit = off
ALTER ROLE {OWNER} SET lock_timeout = '30s'
ALTER ROLE {APP} SET jit = off
ALTER ROLE {APP} SET lock_timeout = '5s'
ALTER ROLE {APP} SET statement_timeout = '60s'
ALTER ROLE {APP} SET idle_in_transaction_session_timeout = '60s'
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}
ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP}
CREATE DATABASE {DATABASE} OWNER {OWNER}
"""


class Postgres(Server):
    name = "postgres"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint
    kill_signal = signal.SIGQUIT
    stop_seconds = 40.0

    def url(self, role: str, database: str = DATABASE) -> str:
        return f"postgres://{role}:{self.secrets.passwords[role]}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self, account: Account) -> None:
        binaries = reachable(postgres_binaries() / "postgres", self.home, account).parent
        if not self.data.exists():
            self._initdb(binaries, account)
        self._check_version(binaries)
        self._drop_foreign_pid_file()
        marker = self.data / "onerope.setup"
        passwords = self.secrets.passwords
        stamp = hashlib.sha256((SETUP + repr(sorted(passwords.items()))).encode()).hexdigest()
        if not marker.exists() or marker.read_text() != stamp:
            self._run_setup(binaries, account, SETUP.format(**passwords).lstrip())
            marker.write_text(stamp)

    def command(self, account: Account) -> list[str]:
        binary = reachable(postgres_binaries() / "postgres", self.home, account)
        settings = SETTINGS | {"port": str(self.port)} | ({} if self.durable else THROWAWAY)
        return [
            str(binary),
            "-D",
            str(self.data),
            *(arg for item in settings.items() for arg in ("-c", "=".join(item))),
        ]

    def ready(self, child: int) -> bool:
        lines = self._pid_file()
        # Line 1 is the pid, line 8 the state: the file of a crashed predecessor may still be there.
        return len(lines) >= 8 and lines[0] == str(child) and lines[7].strip() == "ready"

    def written_pid(self) -> int | None:
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def is_mine(self, command_line: str) -> bool:
        return f"postgres -D {self.data} " in command_line

    def _pid_file(self) -> list[str]:
        try:
            return (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _drop_foreign_pid_file(self) -> None:
        """After a reboot the pid in a crashed server's file may be anyone's; PostgreSQL would refuse to start."""
        pid = self.written_pid()
        if pid is not None and process.birth(pid) and not self.is_mine(process.command_line(pid)):
            (self.data / "postmaster.pid").unlink()

    def _initdb(self, binaries: Path, account: Account) -> None:
        """Make the cluster beside its place and rename it, so that a crash leaves none rather than half of one."""
        fresh = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.home.servers))
        account.own(fresh)
        command = [
            *(str(binaries / "initdb"), "-D", str(fresh), "-U", SUPERUSER, "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--auth-host=scram-sha-256"),
            *("--auth-local=reject", "--no-instructions", *(() if self.durable else ("--no-sync",))),
        ]
        done = subprocess.run(
            command,
            cwd=fresh,
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            **account.popen(),
        )
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise StackError(f"initdb failed: {lines[-1]}", "free some space or set DATABASE_URL")
        fresh.rename(self.data)

    def _check_version(self, binaries: Path) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        have = "18"
        if made_by != have:
            raise StackError(
                f"{self.data} was made by PostgreSQL {made_by}, this is {have}",
                f"{binaries / 'pg_upgrade'} keeps the data, make reset discards it",
            )

    def _run_setup(self, binaries: Path, account: Account, statements: str) -> None:
        """Roles, rights and the database, in single-user mode: no network, no password, so lost secrets heal too."""
        done = subprocess.run(
            [
                str(binaries / "postgres"),
                "--single",
                "-D",
                str(self.data),
                *([] if self.durable else ["-F"]),
                "template1",
            ],
            input=statements,
            cwd=self.data,
            capture_output=True,
            text=True,
            check=False,
            env={"LC_ALL": "C", "TZ": "UTC", "PATH": os.defpath},
            **account.popen(),
        )
        refused = [
            line
            for line in (done.stdout + done.stderr).splitlines()
            if (" ERROR:" in line or " FATAL:" in line) and "already exists" not in line
        ]
        if done.returncode != 0 or refused:
            raise StackError(f"PostgreSQL refused its set-up: {(refused or ['no answer'])[0]}", "make reset")
