"""`manage.py devstack up|run|down|status|reset`: the whole product on one machine."""

import json
import subprocess
import sys
from argparse import REMAINDER
from collections import deque
from contextlib import suppress
from io import TextIOWrapper
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser, call_command
from django.core.management.base import BaseCommand
from django.db import OperationalError, connections
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.embedded import discover
from core.embedded.errors import StackError
from core.embedded.home import Home
from core.embedded.process import Record
from core.embedded.scratch import live, sweep
from core.embedded.session import Session
from core.embedded.supervisor import python
from core.embedded.teardown import SUPERVISOR, running_children, stop_everything


class Command(BaseCommand):
    help = "Run the whole product on this machine, or stop it, look at it, start over."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        up = actions.add_parser("up", help="run until Ctrl-C")
        up.add_argument("--port", type=int, help="of the web process (default: PORT, else 8000)")
        up.add_argument("--no-traffic", action="store_true", help="without the trickle of demo orders")
        up.add_argument("--verbose", action="store_true", help="show what web, worker and beat do")
        run = actions.add_parser("run", help="run one manage.py command beside all processes, then stop")
        run.add_argument("command", nargs=REMAINDER)
        actions.add_parser("down", help="stop everything that runs")
        status = actions.add_parser("status", help="what runs; exit 1 when the web process does not")
        status.add_argument("--json", action="store_true")
        actions.add_parser("reset", help="stop everything and remove all local data")

    def handle(self, *args: Any, **options: Any) -> None:
        if not getattr(settings, "EMBEDDED_SERVICES", True):
            raise CommandError(_("devstack is for development; run the processes under your own supervisor"))
        if isinstance(sys.stdout, TextIOWrapper):
            # Children write here too, in their turn; and who sends this into a file wants to see the address at once.
            sys.stdout.reconfigure(line_buffering=True)
        self.home = Home(settings.VAR_DIR)
        try:
            getattr(self, options["action"])(**options)
        except StackError as exc:
            raise CommandError(str(exc)) from exc

    # --- up and run ---

    def up(self, *, port: int | None, no_traffic: bool, verbose: bool, **_options: Any) -> None:
        output = _Prefixed(self.stdout)
        session = Session(settings.BASE_DIR, self.home, port, output.say, level="info" if verbose else "warning")
        with session:
            self._prepare(session)
            session.start(traffic=not no_traffic)
            self._banner(session.url)
            session.watch()
            self.stdout.write(_("Stopping …"))
        self.stdout.write(_("Everything has stopped."))

    def run(self, *, command: list[str], **_options: Any) -> None:
        """The exit code is the command's; what the processes said is shown when it failed."""
        if not command:
            raise CommandError(_("which command? for example: devstack run demo"), returncode=2)
        said: deque[str] = deque(maxlen=400)
        code = 1
        try:
            with Session(
                settings.BASE_DIR, self.home, 0, lambda name, line: said.append(f"{name:<11} | {line}")
            ) as session:
                self._prepare(session)
                session.start(traffic=False)
                child = subprocess.Popen(python(str(settings.BASE_DIR / "manage.py"), *command))
                session.watch(until=lambda: child.poll() is not None)
                if child.poll() is None:
                    child.terminate()
                code = child.wait()
        finally:
            if code != 0:
                self.stderr.write("\n".join(said))
        if code != 0:
            sys.exit(code if code > 0 else 128 - code)

    def _prepare(self, session: Session) -> None:
        """Schema and demo data. The connections are given back: the children will want them."""
        session.open()
        try:
            call_command("migrate", database="owner", interactive=False, verbosity=0)
            call_command("seed_demo", if_empty=True, stdout=self.stdout)
        except OperationalError as exc:
            raise CommandError(_("the database does not answer: %s") % str(exc).strip().splitlines()[0]) from exc
        finally:
            connections.close_all()

    def _banner(self, url: str) -> None:
        # Names of constants: the demo business is made further up, where this app may not import from.
        users = import_string(settings.DEMO_LOGINS)  # type: ignore[misc]
        password = import_string(settings.DEMO_PASSWORD)  # type: ignore[misc]
        lines = [
            "",
            _("OneRope is running: %s") % url,
            _("Logins (password %s):") % password,
            *(f"    {role:<8} {name}" for role, name in users),
            _("Data: %s") % self.home.servers,
            _("Logs of the servers: %s") % self.home.log,
            _("Ctrl-C or `make stop` stops it, `make reset` stops it and removes all data."),
            "",
        ]
        self.stdout.write("\n".join(lines))

    # --- down, status, reset ---

    def down(self, **_options: Any) -> None:
        ended = stop_everything(self.home) + sweep(self.home.root)
        self.stdout.write(_("Stopped: %s") % ", ".join(ended) if ended else _("Nothing was running."))

    def status(self, **options: Any) -> None:
        records = [Record.load(self.home, name) for name in ("postgres", "valkey", SUPERVISOR)]
        running = [record for record in records if record] + running_children(self.home)
        web = next((record for record in running if record.name == "web"), None)
        url = discover.services(self.home.root).web_url if web else None
        if options["json"]:
            found = {record.name: {"pid": record.pid, "port": record.port} for record in running}
            self.stdout.write(json.dumps({"running": web is not None, "url": url, "processes": found}))
        else:
            for record in running:
                self.stdout.write(
                    f"{record.name:<12} pid {record.pid:<8} {f'port {record.port}' if record.port else ''}"
                )
            self.stdout.write(_("Running: %s") % url if url else _("The web process is not running: `make run`."))
        if web is None:
            sys.exit(1)

    def reset(self, **_options: Any) -> None:
        if not self.home.root.exists():
            self.stdout.write(_("There is nothing to remove."))
            return
        self.down()
        busy = live(self.home.root)
        if busy:
            raise CommandError(_("%s is in use by a test or demo run: end it first") % ", ".join(busy))
        self.home.erase()
        self.stdout.write(_("Removed: %s") % self.home.root)


class _Prefixed:
    """Lines of several threads, each with the name of its process; a closed terminal is no reason to die."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._lock = Lock()

    def say(self, name: str, line: str) -> None:
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(f"{name:<11} | {line}")
            self._stream.flush()
