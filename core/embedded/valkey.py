"""Valkey: Celery's broker and Django's cache. It holds doorbells only; PostgreSQL holds the work."""

import signal
import socket
from contextlib import closing

from core.embedded.account import Account
from core.embedded.binaries import reachable, valkey_server
from core.embedded.ports import LOOPBACK
from core.embedded.server import Server

# Paths are relative to the data directory, where the server is started: no quoting of odd folder names.
CONFIGURATION = """\
bind {host}
port {port}
protected-mode yes
requirepass {password}
dir .
pidfile valkey.pid
daemonize no
save ""
appendonly {appendonly}
appendfsync everysec
maxmemory 512mb
maxmemory-policy noeviction
loglevel notice
set-proc-title yes
"""


class Valkey(Server):
    name = "valkey"
    stop_signal = signal.SIGTERM
    kill_signal = signal.SIGKILL
    stop_seconds = 15.0

    def url(self, database: int = 0) -> str:
        return f"redis://:{self.secrets.passwords['valkey']}@{LOOPBACK}:{self.port}/{database}"

    def prepare(self, account: Account) -> None:
        account.private_folder(self.data)

    def command(self, account: Account) -> list[str]:
        binary = reachable(valkey_server(), self.home, account)
        # In a file, not on the command line: everyone on the machine may read a command line.
        configuration = self.data / "valkey.conf"
        configuration.touch(mode=0o600)
        account.own(configuration)
        configuration.write_text(
            CONFIGURATION.format(
                host=LOOPBACK,
                port=self.port,
                password=self.secrets.passwords["valkey"],
                appendonly="yes" if self.durable else "no",
            )
        )
        return [str(binary), str(configuration)]

    def ready(self, child: int) -> bool:
        """True once it answers PING; while it loads its append-only file it answers -LOADING."""
        if self.written_pid() != child:
            return False
        try:
            with closing(socket.create_connection((LOOPBACK, self.port), timeout=1)) as connection:
                connection.sendall(f"AUTH {self.secrets.passwords['valkey']}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(256)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer == b"+OK\r\n+PONG\r\n"

    def written_pid(self) -> int | None:
        try:
            text = (self.data / "valkey.pid").read_text().strip()
        except FileNotFoundError:
            return None
        return int(text) if text.isdigit() else None

    def is_mine(self, command_line: str) -> bool:
        # Valkey rewrites its title to "valkey-server 127.0.0.1:6379".
        return "valkey-server" in command_line and f"{LOOPBACK}:{self.port}" in command_line
