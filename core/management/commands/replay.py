import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.services import replay


class Command(BaseCommand):
    help = "Rebuild every projection from its events and compare it with the live rows; nothing is written or sent."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", required=True, help="compare, and exit 1 on a difference")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = replay.verify()
        if options["json"]:
            report = {
                "ok": verdict.ok,
                "streams": verdict.streams,
                "events": verdict.events,
                "differences": verdict.differences,
                "seconds": verdict.seconds,
            }
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        else:
            self.stdout.write(f"{verdict.streams} streams, {verdict.events} events in {verdict.seconds} s")
            for difference in verdict.differences:
                self.stdout.write(f"✗ {difference}")
        if not verdict.ok:
            sys.exit(1)
