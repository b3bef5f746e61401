"""Differences: found by the machine, settled by people, booked once either way."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core import clock
from core.context import current
from core.errors import Conflict, OneRopeError
from core.services import audit
from finance.domain.ledger import Account, EntryKind, Leg, transfer
from finance.domain.matching import Cause
from finance.domain.states import DifferenceAction, DifferenceState, may
from finance.models import Difference
from finance.services import counters, handover
from finance.services.ledger import Entry, post

# A difference found again stays what a person made of it, as long as it is still the same difference.
_UPSERT = """
INSERT INTO finance_difference AS d (key, statement_id, line_id, order_id, order_ref, side, cause, reason,
       platform_minor, system_minor, gain_minor, currency, state, owner, booked_minor, booked_from, booked_to, bookings,
       note, found_at, closed_by)
SELECT key, statement_id, line_id, order_id, order_ref, side, cause, reason, platform_minor, system_minor,
       CASE side WHEN 'payment' THEN platform_minor - system_minor ELSE system_minor - platform_minor END, currency,
       CASE WHEN cause IN ('rounding', 'timing') THEN 'explained' ELSE 'open' END, 'finance', 0, '', '', 0, '', %(now)s,
       ''
  FROM found ORDER BY key
ON CONFLICT (key) DO UPDATE SET
       (state, closed_at, closed_by, found_at) = (SELECT
            CASE WHEN same THEN d.state ELSE EXCLUDED.state END, CASE WHEN same THEN d.closed_at END,
            CASE WHEN same THEN d.closed_by ELSE '' END, CASE WHEN same THEN d.found_at ELSE EXCLUDED.found_at END
       FROM (SELECT d.state <> 'gone' AND {same} AS same) x),
       statement_id = EXCLUDED.statement_id, line_id = EXCLUDED.line_id, order_id = EXCLUDED.order_id,
       cause = EXCLUDED.cause, reason = EXCLUDED.reason, platform_minor = EXCLUDED.platform_minor,
       system_minor = EXCLUDED.system_minor, gain_minor = EXCLUDED.gain_minor, currency = EXCLUDED.currency
 WHERE d.state = 'gone' OR NOT {same} OR d.statement_id <> EXCLUDED.statement_id
RETURNING id
""".format(
    same="(d.cause, d.platform_minor, d.system_minor, d.currency) IS NOT DISTINCT FROM"
    " (EXCLUDED.cause, EXCLUDED.platform_minor, EXCLUDED.system_minor, EXCLUDED.currency)"
)
_VANISH = """
UPDATE finance_difference d SET state = 'gone', closed_at = %(now)s, closed_by = 'machine'
  FROM finance_statement s
 WHERE s.id = d.statement_id AND s.layout = %(layout)s AND d.state <> 'gone'
   AND NOT EXISTS (SELECT 1 FROM found f WHERE f.key = d.key)
   AND ({scope} OR EXISTS (SELECT 1 FROM finance_statementline l
                            WHERE l.id = d.line_id AND l.superseded_at IS NOT NULL))
RETURNING d.id
"""
_TOUCHED = "(d.order_ref IN (SELECT order_ref FROM touched) AND d.reason <> 'kind_of_line' AND {which})"
# Only who looks for absences may say that one is over.
_PRESENT = _TOUCHED.format(which="d.cause NOT IN ('timing', 'local_only')")
_ALL = f"""
{_TOUCHED.format(which="true")}
 OR (d.cause IN ('timing', 'local_only') AND d.order_id IN (
     SELECT r.order_id FROM finance_receivable r JOIN absence a ON a.shop_id = r.shop_id
        AND r.paid_at BETWEEN a.since AND a.until))
"""  # noqa: S608 -- constants


def record(layout: str, *, absences: bool) -> list[int]:
    """Turn the judgement's `found` into differences, let go of those no longer found, and book what the machine may.

    Returns the ids of differences that are new or have changed. `absences`: were they looked for?
    """
    params: dict[str, Any] = {"layout": layout, "now": clock.now()}
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, params)
        changed = [row[0] for row in cursor.fetchall()]
        cursor.execute(_VANISH.format(scope=_ALL if absences else _PRESENT), params)
        gone = [row[0] for row in cursor.fetchall()]
    _book([*changed, *gone])
    handover.tell_gone(gone)
    handover.hand_over_found(changed)
    return changed


def _book(difference_ids: Sequence[int]) -> None:
    """Make the books say of these differences what their state says: take back what no longer holds, book what does."""
    rows = Difference.objects.filter(id__in=difference_ids).select_for_update().order_by("id")
    entries, moved = [], []
    for row in rows:
        before = (row.booked_minor, row.booked_from, row.booked_to)
        after = _to_book(row)
        if after == before:
            continue
        row.bookings += 1
        row.booked_minor, row.booked_from, row.booked_to = after
        moved.append(row)
        entries.append(
            Entry(
                EntryKind.ADJUSTMENT, clock.business_date(), [*_undo(before, row.currency), *_do(after, row.currency)],
                order_id=row.order_id, key=f"difference:{row.pk}:{row.bookings}", note=row.note,
            )
        )  # fmt: skip
    Difference.objects.bulk_update(moved, ["booked_minor", "booked_from", "booked_to", "bookings"], batch_size=1000)
    post(entries)


_Booking = tuple[int, str, str]


def _to_book(row: Difference) -> _Booking:
    """Amount, the account where the settlement left the money, and the one that takes it."""
    rounding = row.state == DifferenceState.EXPLAINED and row.cause == Cause.ROUNDING
    if not row.gain_minor or (row.state != DifferenceState.APPROVED and not rounding):
        return (0, "", "")
    unknown = row.cause in {Cause.PLATFORM_ONLY, Cause.DUPLICATE}
    result = Account.OTHER_INCOME if row.gain_minor > 0 else Account.OTHER_LOSS
    return (
        row.gain_minor,
        (Account.SUSPENSE if unknown else Account.RECEIVABLE).value,
        (Account.ROUNDING if rounding else result).value,
    )


def _do(booking: _Booking, currency: str) -> list[Leg]:
    amount, source, target = booking
    return transfer(Account(source), Account(target), amount, currency) if amount else []


def _undo(booking: _Booking, currency: str) -> list[Leg]:
    amount, source, target = booking
    return _do((-amount, source, target), currency)


def approve(difference_ids: Iterable[int], note: str) -> int:
    """Accept open differences and write them off; approved ones are left alone. Returns how many changed.

    Raises OneRopeError (`note_required`) without a note, Conflict (`illegal_move`) for one that is not open.
    """
    if not note.strip():
        raise OneRopeError(_("Say why these differences are accepted."), code="note_required")
    with transaction.atomic():
        rows = list(Difference.objects.filter(id__in=list(difference_ids)).select_for_update().order_by("id"))
        rows = [row for row in rows if row.state != DifferenceState.APPROVED]
        for row in rows:
            _move(row, DifferenceAction.APPROVE, DifferenceState.APPROVED, note)
        _close(rows, "difference.approve", note)
    return len(rows)


def reopen(difference_ids: Iterable[int], note: str) -> int:
    """Take approvals and explanations back; new entries correct the books. Others are left alone. Returns how many
    changed.

    Raises OneRopeError (`note_required`) without a note.
    """
    if not note.strip():
        raise OneRopeError(_("Say why this is taken back."), code="note_required")
    with transaction.atomic():
        rows = list(Difference.objects.filter(id__in=list(difference_ids)).select_for_update().order_by("id"))
        rows = [row for row in rows if row.state in {DifferenceState.APPROVED, DifferenceState.EXPLAINED}]
        for row in rows:
            _move(row, DifferenceAction.REOPEN, DifferenceState.OPEN, note)
        _close(rows, "difference.reopen", note)
    return len(rows)


def assign(difference_ids: Iterable[int], owner: str) -> int:
    """Give open differences to a role or a person (`user:<name>`). Returns how many changed hands."""
    if not owner.strip():
        raise OneRopeError(_("An open difference needs an owner."), code="owner_required")
    open_ones = Difference.objects.filter(id__in=list(difference_ids), state=DifferenceState.OPEN)
    return open_ones.update(owner=owner.strip()[:40])


def _move(row: Difference, action: DifferenceAction, to: DifferenceState, note: str) -> None:
    if not may(row.state, action):
        raise Conflict(
            _("This difference is not open any more."),
            code="illegal_move",
            fields={"difference": row.pk, "state": row.state},
        )
    closed = to is DifferenceState.APPROVED
    row.state, row.note = to, note.strip()[:200]
    row.closed_at = clock.now() if closed else None
    row.closed_by = current().actor[:80] if closed else ""


def _close(rows: Sequence[Difference], action: str, note: str) -> None:
    """Write what was decided on `rows`, book it, correct their statements' counters, and note who did it."""
    if not rows:
        return
    ids = [row.pk for row in rows]
    Difference.objects.bulk_update(rows, ["state", "note", "closed_at", "closed_by"], batch_size=1000)
    _book(ids)
    counters.refresh({row.statement_id for row in rows})
    audit.record(action, f"finance.statement:{rows[0].statement_id}", reason=note, after={"ids": ids[:1000]})
