"""`manage.py doctor`: what this machine and this checkout have, what is missing, and the remedy. Starts nothing."""

import json
import os
import platform
import pwd
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import CommandParser
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from core.embedded.binaries import postgres_binaries, valkey_server
from core.embedded.errors import StackError
from core.embedded.home import NEEDED_BYTES, Home
from core.embedded.ports import is_free
from core.embedded.process import Record

# What .env.example names; anything else that starts like one of ours is probably a typing error.
KNOWN = {"ONEROPE_VAR", "ONEROPE_SUPERVISED", "ONEROPE_TEST_BROKER"}


@dataclass(frozen=True)
class Finding:
    name: str
    ok: bool
    detail: str
    remedy: str = ""


class Command(BaseCommand):
    help = "Look at this machine and this checkout; exit 1 when something stands in the way."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        home = Home(settings.VAR_DIR)
        findings = [*machine(home.root), *packages(settings.BASE_DIR), *servers(home), *configuration()]
        healthy = all(finding.ok for finding in findings)
        if options["json"]:
            self.stdout.write(json.dumps({"ok": healthy, "findings": [asdict(finding) for finding in findings]}))
        else:
            for finding in findings:
                mark = self.style.SUCCESS("ok  ") if finding.ok else self.style.ERROR("FAIL")
                self.stdout.write(f"{mark} {finding.name:<14} {finding.detail}")
                if not finding.ok:
                    self.stdout.write(f"     {'':<14} -> {finding.remedy}")
        if not healthy:
            sys.exit(1)


def machine(var: Path) -> Iterator[Finding]:
    """Python, account, disk, make."""
    yield Finding(
        "python", sys.version_info >= (3, 11), f"{platform.python_version()} {sys.executable}", "Python 3.11+"
    )
    yield Finding("system", sys.platform != "win32", platform.platform(), _("use WSL on Windows"))
    uid = os.geteuid()
    try:
        account = pwd.getpwuid(uid).pw_name
    except KeyError:
        yield Finding(
            "account", "DATABASE_URL" in os.environ, f"uid {uid}", _("run as a named user, or set DATABASE_URL")
        )
    else:
        yield Finding("account", True, account + (_(" (the servers run as nobody)") if uid == 0 else ""))
    free = shutil.disk_usage(var if var.exists() else var.parent).free
    yield Finding("disk", free > NEEDED_BYTES, _("%d MB free") % (free // 2**20), _("free some space"))
    if var.exists():
        owner = var.stat().st_uid
        yield Finding("var", uid in (0, owner), f"{var} (uid {owner})", _("run as its owner, or remove it"))
    yield Finding("make", True, shutil.which("make") or _("none: use the scripts in bin/"))


def packages(base: Path) -> Iterator[Finding]:
    """Installed versions against the pinned ones."""
    wrong = []
    lines = (base / "requirements.txt").read_text().splitlines()
    pins = [line.partition("#")[0].partition(";")[0].strip().split("==") for line in lines if "==" in line]
    for name, wanted in pins:
        try:
            have = metadata.version(name)
        except metadata.PackageNotFoundError:
            have = "-"
        if have != wanted:
            wrong.append(f"{name} {have} ≠ {wanted}")
    yield Finding("packages", not wrong, ", ".join(wrong) or _("%d as pinned") % len(pins), "bin/setup")


def servers(home: Home) -> Iterator[Finding]:
    """Programs, running processes, the web port."""
    for name, variable, find in (
        ("postgres", "DATABASE_URL", lambda: postgres_binaries() / "postgres"),
        ("valkey", "REDIS_URL", valkey_server),
    ):
        if variable in os.environ:
            yield Finding(name, True, f"{variable}={masked(os.environ[variable])}")
            continue
        try:
            program = find()
        except StackError as exc:
            yield Finding(name, False, exc.message, exc.remedy)
            continue
        record = Record.load(home, name)
        state = _("running, pid %(pid)s, port %(port)s") % asdict(record) if record else _("not running")
        yield Finding(name, program.exists(), f"{state} ({program})", "bin/setup")
    web = Record.load(home, "web")
    port = int(os.environ.get("PORT") or 8000)
    if web:
        yield Finding("web", True, _("running, pid %(pid)s, port %(port)s") % asdict(web))
    else:
        yield Finding("web", is_free(port), _("port %d") % port, f"PORT={port + 1} make run")


def configuration() -> Iterator[Finding]:
    """The environment's say, secrets masked, and variables that nothing reads."""
    unknown = sorted(key for key in os.environ if key.startswith("ONEROPE_") and key not in KNOWN)
    yield Finding("environment", not unknown, ", ".join(unknown) or settings.SETTINGS_MODULE, _("see .env.example"))
    engine = settings.DATABASES["default"]["ENGINE"]
    database = {key.lower(): settings.DATABASES["default"].get(key) for key in ("HOST", "PORT", "NAME", "USER")}
    yield Finding("database", True, f"{engine} {database}")
    yield Finding("broker", True, masked(settings.CELERY_BROKER_URL))


def masked(url: str) -> str:
    """`url` without its password."""
    parts = urlsplit(url)
    if not parts.password:
        return url
    return parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")).geturl()
