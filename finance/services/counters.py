"""A statement's figures, kept beside its lines so that no page has to count them."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.db.models.functions import Coalesce

from core import clock
from finance.domain.matching import Cause
from finance.domain.states import DifferenceState
from finance.models import Statement

_COUNT = """
WITH own AS (
  SELECT row_no, cause, superseded_at FROM finance_statementline WHERE statement_id = %(statement)s
   UNION ALL
  SELECT p.row_no, CASE WHEN l.statement_id = p.statement_id THEN '' ELSE l.cause END, l.superseded_at
    FROM finance_repeatedline p JOIN finance_statementline l ON l.id = p.line_id WHERE p.statement_id = %(statement)s
), by_row AS (
  SELECT row_no,
         bool_or(superseded_at IS NULL AND cause IN
                 ('amount_mismatch', 'status_mismatch', 'platform_only', 'duplicate')) AS unexplained,
         bool_or(superseded_at IS NULL AND cause = 'matched') AS matched
    FROM own GROUP BY row_no
)
SELECT count(*) FILTER (WHERE matched AND NOT unexplained), count(*) FILTER (WHERE NOT matched AND NOT unexplained),
       count(*) FILTER (WHERE unexplained) FROM by_row
"""
_BREAKDOWN = """
SELECT cause, count(*), sum(in_minor), sum(out_minor) FROM finance_statementline
 WHERE statement_id = %(statement)s AND superseded_at IS NULL GROUP BY 1 ORDER BY 1
"""


def refresh(statement_ids: Iterable[int]) -> list[tuple[Statement, bool]]:
    """Bring the figures of statements up to date; with each, whether one has moved."""
    rows = Statement.objects.filter(id__in=sorted(set(statement_ids))).select_for_update(of=("self",)).order_by("id")
    return [(statement, _count(statement)) for statement in rows]


def _count(statement: Statement) -> bool:
    before = _figures(statement)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"statement": statement.pk})
        statement.matched_rows, statement.explained_rows, statement.unexplained_rows = cursor.fetchone()
        cursor.execute(_BREAKDOWN, {"statement": statement.pk})
        statement.breakdown = [
            {"cause": cause, "lines": lines, "in_minor": int(into), "out_minor": int(out)}
            for cause, lines, into, out in cursor.fetchall()
        ]
    statement.residual_minor = (
        statement.differences.filter(state=DifferenceState.OPEN)
        .exclude(cause=Cause.LOCAL_ONLY)
        .aggregate(total=Coalesce(Sum("gain_minor"), 0))["total"]
    )
    statement.reconciled_at = clock.now()
    statement.save(update_fields=[*_FIGURES, "reconciled_at"])
    return _figures(statement) != before


_FIGURES = ("matched_rows", "explained_rows", "unexplained_rows", "residual_minor", "breakdown")


def _figures(statement: Statement) -> tuple[Any, ...]:
    return tuple(getattr(statement, name) for name in _FIGURES)
