"""Reserve, post, void, shrink, expire: every way a reservation begins and ends, each for a whole batch.

Reservations follow the two-phase contract: a pending one resolves at most once. All functions must run inside the
caller's transaction, so that what they hold or give back stands or falls with the order's own change.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import Conflict
from inventory.domain.allocation import Demand, Shortage, StockKey, allocate, by_group
from inventory.services.locks import lock_stock


@dataclass(frozen=True, slots=True)
class Outcome:
    """`granted` groups hold everything they asked for; each of `refused` holds nothing and says what was short."""

    granted: frozenset[int] = frozenset()
    refused: Mapping[int, Shortage] = field(default_factory=dict)


def reserve(demands: Sequence[Demand], *, expires_at: datetime | None = None) -> Outcome:
    """Hold stock for a batch of groups in the order given, each all or nothing.

    The result equals serving the groups one by one, first come first served; the rows stay locked until the caller's
    transaction ends. A ref that already holds a pending reservation raises IntegrityError (`reservation_one_pending`).
    """
    assert connection.in_atomic_block
    if not demands:
        return Outcome()
    available = lock_stock(demand.key for demand in demands)
    granted, refused, taken = allocate(by_group(demands), available)
    _take(taken)
    held = [demand for demand in demands if demand.group in granted]
    if held:
        _insert(held, expires_at)
    return Outcome(frozenset(granted), refused)


def _take(taken: Mapping[StockKey, int]) -> None:
    keys = sorted(taken)
    if not keys:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_stock s SET reserved = s.reserved + t.qty
                 FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS t (sku_id, warehouse_id, qty)
                WHERE s.sku_id = t.sku_id AND s.warehouse_id = t.warehouse_id
                  AND s.on_hand - s.reserved - s.frozen >= t.qty""",
            [[k[0] for k in keys], [k[1] for k in keys], [taken[k] for k in keys]],
        )
        assert cursor.rowcount == len(keys), "locked stock changed under us"


def _insert(demands: Sequence[Demand], expires_at: datetime | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO inventory_reservation
                      (ref, "group", attempt, sku_id, warehouse_id, qty, posted_qty, state, expires_at)
               SELECT d.ref, d.grp,
                      1 + COALESCE((SELECT max(r.attempt) FROM inventory_reservation r WHERE r.ref = d.ref), 0),
                      d.sku_id, d.warehouse_id, d.qty, 0, 'pending', %s
                 FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
                      AS d (ref, grp, sku_id, warehouse_id, qty)""",
            [
                expires_at,
                [d.ref for d in demands],
                [d.group for d in demands],
                [d.sku_id for d in demands],
                [d.warehouse_id for d in demands],
                [d.qty for d in demands],
            ],
        )


@dataclass(frozen=True, slots=True)
class _Held:
    id: int
    ref: int
    key: StockKey
    qty: int


def _pending(refs: Sequence[int]) -> list[_Held]:
    """Pending reservations of `refs`, locked in ref order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id, ref, sku_id, warehouse_id, qty FROM inventory_reservation
                WHERE ref = ANY(%s) AND state = 'pending' ORDER BY ref FOR UPDATE""",
            [list(refs)],
        )
        return [_Held(row[0], row[1], (row[2], row[3]), row[4]) for row in cursor.fetchall()]


def _give_back(amounts: Mapping[StockKey, int]) -> None:
    """Lower `reserved` by `amounts`."""
    keys = sorted(key for key, qty in amounts.items() if qty)
    if not keys:
        return
    lock_stock(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_stock s SET reserved = s.reserved - t.qty
                 FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS t (sku_id, warehouse_id, qty)
                WHERE s.sku_id = t.sku_id AND s.warehouse_id = t.warehouse_id""",
            [[k[0] for k in keys], [k[1] for k in keys], [amounts[k] for k in keys]],
        )


def _sum(held: Sequence[_Held]) -> dict[StockKey, int]:
    total: dict[StockKey, int] = {}
    for row in held:
        total[row.key] = total.get(row.key, 0) + row.qty
    return total


def _resolve(ids: Sequence[int], state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE inventory_reservation SET state = %s, resolved_at = now() WHERE id = ANY(%s)", [state, list(ids)]
        )


def void(refs: Sequence[int], *, expired: bool = False) -> dict[StockKey, int]:
    """Give back whatever `refs` still hold; those already resolved are left alone. Returns the units given back."""
    assert connection.in_atomic_block
    held = _pending(refs)
    if not held:
        return {}
    _resolve([row.id for row in held], "expired" if expired else "voided")
    given_back = _sum(held)
    _give_back(given_back)
    return given_back


def shrink(new_quantities: Mapping[int, int]) -> dict[StockKey, int]:
    """Lower what each ref holds to the given quantity (0 voids it) and give the difference back.

    Raises Conflict (`reservation_not_pending`) for a ref that holds nothing, or less than the new quantity.
    """
    assert connection.in_atomic_block
    held = {row.ref: row for row in _pending(list(new_quantities))}
    given_back: dict[StockKey, int] = {}
    for ref, qty in new_quantities.items():
        if ref not in held or held[ref].qty < qty:
            raise Conflict(_("The line does not hold that much stock."), code="reservation_not_pending")
        given_back[held[ref].key] = given_back.get(held[ref].key, 0) + held[ref].qty - qty
    _resolve([held[ref].id for ref, qty in new_quantities.items() if qty == 0], "voided")
    kept = [(held[ref].id, qty) for ref, qty in new_quantities.items() if qty]
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_reservation r SET qty = t.qty FROM unnest(%s::bigint[], %s::int[]) AS t (id, qty)
                WHERE r.id = t.id""",
            [[row[0] for row in kept], [row[1] for row in kept]],
        )
    _give_back(given_back)
    return given_back


def overdue() -> list[tuple[int, int]]:
    """`(group, ref)` of pending reservations past their time by the database's clock. Nothing is locked: whoever acts
    on it locks the order first and then calls `void` with `expired=True`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT "group", ref FROM inventory_reservation
                WHERE state = 'pending' AND expires_at < now() ORDER BY ref LIMIT 1000"""
        )
        return cursor.fetchall()
