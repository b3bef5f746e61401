import sys
from typing import Any

from django.core.management.base import BaseCommand

from oms.domain.address.lines import answers


class Command(BaseCommand):
    help = (
        'Standardise addresses: JSON lines {"id", "text"} (or columns province, city, district, town, detail beside or '
        "instead of text) on stdin, one JSON line each on stdout, in order, as they come. Uses no "
        "database; without options manage.py does it before Django loads."
    )
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        for answer in answers(sys.stdin):
            self.stdout.write(answer, ending="")
