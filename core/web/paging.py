"""Pages by key: page N costs what page 1 costs, and rows that arrive meanwhile neither repeat nor hide one."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import F, Field, Model, Q, QuerySet
from django.db.models.expressions import OrderBy
from django.utils.dateparse import parse_datetime

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """`after` and `before` are what the next and the previous page start from; None: there is none."""

    rows: Sequence[Any]
    after: str | None
    before: str | None


def paged(queryset: QuerySet[Any], params: Mapping[str, str], *, sort: str = "-id", size: int = PAGE_SIZE) -> Page:
    """One page of `queryset` in the order of `sort` (a look-up, `-` in front for descending; NULLs last, ties by
    primary key). `?after=K` continues below K, `?before=K` goes back above it; a K that is none means the first page.
    """
    order = Order.of(queryset, sort)
    before, after = order.read(params.get("before", "")), order.read(params.get("after", ""))
    back, start = before is not None, before or after
    found = queryset.order_by(*order.terms(reverse=back))
    if start is not None:
        found = found.filter(order.beyond(start, reverse=back))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if not rows:
        # What lay beyond the key has gone meanwhile: better the first page than an empty one.
        return paged(queryset, {}, sort=sort, size=size) if start else Page((), None, None)
    newer, older = (more, True) if back else (start is not None, more)
    if back:
        rows.reverse()
    return Page(rows, order.key(rows[-1]) if older else None, order.key(rows[0]) if newer else None)


def capped_count(queryset: QuerySet[Any], cap: int) -> int:
    """How many rows, counted no further than `cap`: an exact count of millions tells nobody anything and costs
    seconds."""
    return queryset.order_by().values("pk")[:cap].count()


@dataclass(frozen=True, slots=True)
class Order:
    """A total order: by `path` and, where that is equal, by primary key."""

    path: str
    descending: bool
    field: "Field[Any, Any]"
    nullable: bool

    @classmethod
    def of(cls, queryset: QuerySet[Any], sort: str) -> "Order":
        """Raises FieldDoesNotExist for a look-up that the queryset does not have."""
        path = sort.removeprefix("-")
        annotation = queryset.query.annotations.get(path)
        if annotation is not None:
            return cls(path, sort.startswith("-"), annotation.output_field, True)
        if path in ("pk", "id"):
            return cls("pk", sort.startswith("-"), queryset.model._meta.pk, False)
        fields = _fields(queryset.model, path)
        return cls(path, sort.startswith("-"), fields[-1], any(field.null for field in fields))

    def terms(self, *, reverse: bool) -> list[OrderBy | str]:
        down = self.descending != reverse
        if self.path == "pk":
            return ["-pk" if down else "pk"]
        if not self.nullable:
            # NULLS LAST on a column without NULLs would keep PostgreSQL from using its index.
            return [f"-{self.path}", "-pk"] if down else [self.path, "pk"]
        nulls = {"nulls_first" if reverse else "nulls_last": True}
        value = F(self.path)
        return [value.desc(**nulls) if down else value.asc(**nulls), "-pk" if down else "pk"]

    def beyond(self, key: tuple[Any, int], *, reverse: bool) -> Q:
        """The rows that come after `key` in this order (before it, when `reverse`)."""
        value, pk = key
        op = "lt" if self.descending != reverse else "gt"
        tie = Q(**{f"pk__{op}": pk})
        if self.path == "pk":
            return tie
        if value is None:
            nulls = Q(**{f"{self.path}__isnull": True}) & tie
            return nulls | Q(**{f"{self.path}__isnull": False}) if reverse else nulls
        past = Q(**{f"{self.path}__{op}": value})
        if not self.nullable:
            # The outer bound is what the index is searched by; the inner one settles the ties.
            return Q(**{f"{self.path}__{op}e": value}) & (past | tie)
        past |= Q(**{self.path: value}) & tie
        return past if reverse else past | Q(**{f"{self.path}__isnull": True})

    def key(self, row: Model) -> str:
        """Where `row` stands, as text for a URL: its primary key, after its sort value if that is another one."""
        if self.path == "pk":
            return str(row.pk)
        value = value_at(row, self.path.split("__"))
        text = None if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
        return base64.urlsafe_b64encode(json.dumps([text, row.pk]).encode()).decode().rstrip("=")

    def read(self, text: str) -> tuple[Any, int] | None:
        """The inverse of `key`; None for anything that no key of this order looks like."""
        if self.path == "pk":
            return (None, int(text)) if _is_id(text) else None
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if value is not None:
                value = self._value(value)
        except (binascii.Error, ValueError, TypeError, RecursionError, ValidationError):
            return None
        return (value, pk) if isinstance(pk, int) and _is_id(str(pk)) else None

    def _value(self, text: Any) -> Any:
        if not isinstance(text, str) or "\0" in text:
            raise ValueError("not a key")
        text.encode()  # a lone surrogate is no text that a database could compare
        if self.field.get_internal_type() == "DateTimeField":
            moment = parse_datetime(text)
            if moment is None or moment.tzinfo is None:
                raise ValueError("not a moment")
            return moment
        return self.field.to_python(text)


def value_at(row: Any, path: Sequence[str]) -> Any:
    """`row.a.b` for `["a", "b"]`; None as soon as one of them is."""
    for name in path:
        if row is None:
            return None
        row = getattr(row, name)
    return row


def _fields(model: type[Model], path: str) -> "list[Field[Any, Any]]":
    fields: list[Field[Any, Any]] = []
    for name in path.split("__"):
        field = model._meta.get_field(name)
        if not isinstance(field, Field):
            raise FieldDoesNotExist(f"{path} is not a column that rows can be sorted by")
        fields.append(field)
        model = field.related_model  # type: ignore[assignment]
    return fields


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19
