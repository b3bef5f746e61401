"""Pages by key: page N costs what page 1 costs, and rows that arrive meanwhile neither repeat nor hide one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict


@dataclass(frozen=True, slots=True)
class Page:
    """`after` and `before` are the keys that the next and the previous page start from; None: there is none."""

    rows: Sequence[Any]
    after: int | None
    before: int | None


def paged(queryset: QuerySet[Any], params: QueryDict, *, key: str = "id", size: int = 50) -> Page:
    """One page of `queryset`, newest (highest key) first. `?after=K` continues below K, `?before=K` goes back above it;
    anything that is no number means the first page."""
    after, before = _number(params.get("after")), _number(params.get("before"))
    if before is not None:
        rows = list(queryset.order_by(key).filter(**{f"{key}__gt": before})[: size + 1])
        more, rows = len(rows) > size, rows[:size][::-1]
        newer, older = more, True
    else:
        if after is not None:
            queryset = queryset.filter(**{f"{key}__lt": after})
        rows = list(queryset.order_by(f"-{key}")[: size + 1])
        newer, older = after is not None, len(rows) > size
        rows = rows[:size]
    if not rows:
        return Page((), None, None)
    return Page(rows, getattr(rows[-1], key) if older else None, getattr(rows[0], key) if newer else None)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() and len(text) < 19 else None
