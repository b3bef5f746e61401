import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from oms.domain.address.lines import answers


class Command(BaseCommand):
    help = (
        'Standardise addresses: JSON lines {"id", "text"} (or columns province, city, district, town, detail beside or '
        "instead of text) on stdin, one JSON line each on stdout, in order, as they come. Uses no database."
    )
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """From a shell, hand over to a bare interpreter: the work needs nothing of Django, whose applications alone
        weigh three times the division table."""
        if argv[2:]:
            super().run_from_argv(argv)
            return
        environment = os.environ | {"PYTHONPATH": str(settings.BASE_DIR)}
        os.execve(sys.executable, [sys.executable, "-m", "oms.domain.address"], environment)  # noqa: S606 - our own module

    def handle(self, *args: Any, **options: Any) -> None:
        for answer in answers(sys.stdin):
            self.stdout.write(answer, ending="")
