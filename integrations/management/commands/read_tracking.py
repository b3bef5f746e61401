"""`manage.py read_tracking --carrier C [FILE|-]`: what one tracking push says. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Unreadable
from integrations.carriers import registry
from integrations.carriers.summary import summarise
from integrations.channels.reading import MAX_BYTES


class Command(BaseCommand):
    help = "Read one carrier's tracking push (form or bare JSON) and print its parcels (JSON)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--carrier", required=True, choices=sorted(registry.TRACKERS))
        parser.add_argument("file", nargs="?", default="-", help="a file, or - for standard input")

    def handle(self, *args: Any, carrier: str, file: str, **options: Any) -> None:
        try:
            said = summarise(registry.tracker(carrier).read(_body(file)))
        except Unreadable as exc:
            said = {"error": {"code": exc.code, "message": str(exc.message)}}
        self.stdout.write(json.dumps(said, ensure_ascii=False))
        if "error" in said:
            sys.exit(1)


def _body(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(file).open("rb") as source:
            return source.read(MAX_BYTES + 1)
    except OSError as exc:
        raise CommandError(
            f"cannot read {file}: {exc.strerror}; give a file or - for standard input", returncode=2
        ) from exc
