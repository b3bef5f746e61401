"""The only writer of the books."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from core.context import current
from finance.domain.ledger import EntryKind, Leg, balanced
from finance.models import JournalEntry, Posting


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry to be booked. `key`, where given, books it once for ever."""

    kind: EntryKind
    day: date
    legs: Sequence[Leg]
    shop_id: int | None = None
    order_id: int | None = None
    statement_id: int | None = None
    key: str | None = None
    note: str = ""


def post(entries: Iterable[Entry]) -> list[JournalEntry]:
    """Book many entries in two statements; those without legs, or whose key is booked already, are left out.

    Raises Unbalanced before anything is written; the database refuses at commit what would slip through.
    """
    assert connection.in_atomic_block, "an entry belongs to the transaction of its fact"
    wanted = [(entry, legs) for entry in entries if (legs := balanced(entry.legs))]
    known = _booked_keys([entry.key for entry, _legs in wanted if entry.key])
    wanted = [(entry, legs) for entry, legs in wanted if entry.key not in known]
    actor = current().actor
    rows = JournalEntry.objects.bulk_create(
        JournalEntry(
            kind=entry.kind, day=entry.day, shop_id=entry.shop_id, order_id=entry.order_id,
            statement_id=entry.statement_id, key=entry.key, note=entry.note[:200], actor=actor,
        )
        for entry, _legs in wanted
    )  # fmt: skip
    Posting.objects.bulk_create(
        Posting(entry=row, account=leg.account, amount_minor=leg.amount_minor, currency=leg.currency)
        for row, (_entry, legs) in zip(rows, wanted, strict=True)
        for leg in legs
    )
    return rows


def _booked_keys(keys: Sequence[str]) -> set[str | None]:
    """Which of `keys` are booked. Two transactions racing for one key meet at its unique index."""
    return set(JournalEntry.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
