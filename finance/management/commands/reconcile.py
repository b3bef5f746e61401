"""`manage.py reconcile`: import a bill, match it to the orders, and say what does not agree."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from catalog.selectors import shops
from finance.choices import BILL_ERROR
from finance.domain.bills import BillError, Source
from finance.selectors.statements import summary
from finance.services.statements import import_statement


class Command(BaseCommand):
    help = "Import a bill and reconcile it with the orders; the same file twice changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", required=True, help="CSV, XLSX or ZIP as the platform gives it")
        parser.add_argument("--source", required=True, choices=[source.value for source in Source])
        parser.add_argument("--shop", default="", help="PLATFORM/CODE of the shop it belongs to; any shop without")
        columns = "generic tables: which column is `at`, `amount`, `into`, `out`, `order`, …"
        parser.add_argument("--column", action="append", default=[], metavar="ROLE=NAME", help=columns)
        parser.add_argument("--dry-run", action="store_true", help="report, and keep nothing")
        parser.add_argument("--json", action="store_true", help="print one JSON object (the default)")

    def handle(self, *args: Any, file: str, source: str, shop: str, column: list[str], **options: Any) -> None:
        mapping = dict(_pair(text) for text in column)
        try:
            with transaction.atomic():
                done = import_statement(
                    _read(file), source, name=Path(file).name, shop_id=_shop(shop), mapping=mapping or None
                )
                found = summary(done.statement)
                transaction.set_rollback(bool(options["dry_run"]))
        except BillError as exc:
            message = _(str(BILL_ERROR.get(exc.code, exc.message)))
            self.stdout.write(
                json.dumps(
                    {"error": {"code": exc.code, "message": message, **exc.fields}}, ensure_ascii=False, default=str
                )
            )
            sys.exit(1)
        self.stdout.write(json.dumps(found, ensure_ascii=False))


def _read(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as exc:
        raise CommandError(f"cannot read {file}: {exc.strerror}; give the bill's file", returncode=2) from exc


def _pair(text: str) -> tuple[str, str]:
    role, sign, name = text.partition("=")
    if not sign:
        raise CommandError(f"--column {text}: write ROLE=NAME, such as order=订单号", returncode=2)
    return role, name


def _shop(text: str) -> int | None:
    if not text:
        return None
    found = shops.by_code(*text.split("/", 1)) if "/" in text else None
    if found is None:
        raise CommandError(
            f"--shop {text}: no such active shop; write PLATFORM/CODE, such as taobao/main", returncode=2
        )
    return found.pk
