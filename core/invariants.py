"""The auditor: plain SQL, written apart from the services it judges.

Each app may hold an `invariants` module with its own `CHECKS`; `manage.py check_invariants` runs them all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import connection


@dataclass(frozen=True, slots=True)
class Check:
    """`rows_sql` counts what was looked at, `violations_sql` counts what breaks the promise in `name`."""

    name: str
    rows_sql: str
    violations_sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    rows: int
    violations: int


CHECKS = [
    Check(
        "core: event versions of a stream run 1, 2, 3 … without a gap",
        "SELECT count(*) FROM core_event",
        "SELECT count(*) FROM (SELECT stream FROM core_event GROUP BY stream"
        " HAVING min(version) <> 1 OR max(version) <> count(*)) s",
    ),
    Check(
        "core: no delivery is past due by more than five minutes",
        "SELECT count(*) FROM core_delivery WHERE state IN ('pending', 'doing')",
        "SELECT count(*) FROM core_delivery WHERE state IN ('pending', 'doing')"
        " AND next_attempt_at < now() - interval '5 minutes'"
        " AND (lease_until IS NULL OR lease_until < now() - interval '5 minutes')",
    ),
    Check(
        "core: no message waits in the inbox for more than five minutes",
        "SELECT count(*) FROM core_inboxmessage",
        "SELECT count(*) FROM core_inboxmessage WHERE state IN ('new', 'doing')"
        " AND next_attempt_at < now() - interval '5 minutes'"
        " AND (lease_until IS NULL OR lease_until < now() - interval '5 minutes')",
    ),
]


def run() -> Iterator[Finding]:
    """Every check of every app, bottom up."""
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.invariants") is None:
            continue
        for check in getattr(import_module(f"{config.name}.invariants"), "CHECKS", []):
            with connection.cursor() as cursor:
                cursor.execute(check.rows_sql)
                rows = cursor.fetchone()[0]
                cursor.execute(check.violations_sql)
                yield Finding(check.name, rows, cursor.fetchone()[0])
