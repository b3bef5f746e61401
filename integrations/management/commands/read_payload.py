"""`manage.py read_payload --platform P [FILE|-]`: what an adapter makes of one platform body. Needs no database."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.errors import Unreadable
from integrations import registry
from integrations.channels.reading import MAX_BYTES
from integrations.channels.summary import summarise


class Command(BaseCommand):
    help = "Read one platform message and print it as a canonical order (JSON)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--platform", required=True, choices=sorted(registry.CHANNELS))
        parser.add_argument("--currency", default="", help="the shop's currency, for bodies that do not say")
        parser.add_argument("--topic", default="", help="the platform's topic header, for bodies that need it")
        parser.add_argument("file", nargs="?", default="-", help="a file, or - for standard input")

    def handle(self, *args: Any, platform: str, file: str, currency: str, topic: str, **options: Any) -> None:
        context = {"currency": currency.upper(), "topic": topic}
        try:
            found = [summarise(message) for message in registry.channel(platform).read(_body(file), context)]
        except Unreadable as exc:
            found = [{"error": {"code": exc.code, "message": str(exc.message)}}]
        self.stdout.write(json.dumps(found[0] if len(found) == 1 else found, ensure_ascii=False))
        if all("error" in entry for entry in found):
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
