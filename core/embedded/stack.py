"""PostgreSQL and Valkey of one home together, and the lease that says somebody uses them."""

import atexit
import fcntl
import os
from typing import Any

from core.embedded.home import Home
from core.embedded.postgres import Postgres
from core.embedded.server import Server
from core.embedded.valkey import Valkey


class Stack:
    """The servers of `home` that the environment does not replace.

    Processes that start servers on demand share them: each holds a shared lock on run/use.lock, and the last one to
    leave stops the servers. The kernel drops the lock of a process that dies, so no count can go wrong.
    """

    def __init__(self, home: Home, *, postgres: bool = True, valkey: bool = True, durable: bool = True) -> None:
        self.home = home
        self.postgres = Postgres(home, durable=durable)
        self.valkey = Valkey(home, durable=durable)
        self.servers: list[Server] = [s for s, wanted in ((self.postgres, postgres), (self.valkey, valkey)) if wanted]
        self._lease: Any = None
        self._holder = 0

    def start(self) -> None:
        """Start what does not run. StackError says what stands in the way."""
        self.home.prepare()
        with self.home.locked():
            for server in self.servers:
                server.start()

    def stop(self) -> list[str]:
        """Stop what runs, Valkey first; the names of what was stopped."""
        if not self.home.run.exists():
            return []
        with self.home.locked():
            return [server.name for server in reversed(self.servers) if server.stop()]

    def use(self) -> None:
        """Start what does not run and keep it up until this process ends."""
        if self._lease is not None and self.running():
            return
        self.home.prepare()
        with self.home.locked():
            if self._lease is None:
                self._lease = self.home.open_lock("use.lock")
                self._holder = os.getpid()
                fcntl.flock(self._lease, fcntl.LOCK_SH)
                atexit.register(self.leave)
            for server in self.servers:
                server.start()

    def running(self) -> bool:
        return all(server.running() for server in self.servers)

    def leave(self) -> bool:
        """Give up the lease; true when this process was the last and the servers were stopped."""
        # A forked child has a copy of the lease, but is not the one that took it.
        if self._lease is None or os.getpid() != self._holder:
            return False
        lease, self._lease = self._lease, None
        with lease, self.home.locked():
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            for server in reversed(self.servers):
                server.stop()
        return True
