import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import invariants


class Command(BaseCommand):
    help = "Audit the whole database against the promises of every app; exit 1 when one is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(invariants.run())
        ok = not any(finding.violations for finding in findings)
        if options["json"]:
            self.stdout.write(
                json.dumps({"ok": ok, "checks": [asdict(finding) for finding in findings]}, ensure_ascii=False)
            )
        else:
            for finding in findings:
                mark = "✗" if finding.violations else "✓"
                self.stdout.write(f"{mark} {finding.name}: {finding.rows} rows, {finding.violations} violations")
        if not ok:
            sys.exit(1)
