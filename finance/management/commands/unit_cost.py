"""`manage.py unit_cost`: the founding document's cost formula. Needs no database."""

import json
from argparse import ArgumentParser
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from finance.domain.unit_cost import CENT, FINE, rounded, unit_cost

FIGURES = {
    "hourly": "wage, yuan an hour",
    "minutes": "minutes of work per order",
    "rework": "yuan to put one error right",
    "error_rate": "errors per order",
    "fee": "system fee, yuan a month",
}


class Command(BaseCommand):
    help = "Cost of processing one order, in yuan."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, meaning in FIGURES.items():
            parser.add_argument(f"--{name.replace('_', '-')}", required=True, type=figure, help=meaning)
        parser.add_argument("--orders", required=True, type=int, help="orders a month")
        parser.add_argument("--json", action="store_true", help="print one JSON object (the default)")

    def handle(self, *args: Any, orders: int, **options: Any) -> None:
        figures = {name: options[name] for name in FIGURES}
        try:
            cost = unit_cost(**figures, orders=orders)
        except ValueError as exc:
            raise CommandError(f"{exc}; give figures of zero or more and at least one order", returncode=2) from exc
        parts = {name: float(rounded(getattr(cost, name), FINE)) for name in ("labour", "rework", "system")}
        self.stdout.write(json.dumps({**parts, "total": float(rounded(cost.total, CENT))}))


def figure(text: str) -> Decimal:
    try:
        value = Decimal(text)
    except InvalidOperation as exc:
        raise ValueError(text) from exc
    if not value.is_finite():
        raise ValueError(text)
    return value
