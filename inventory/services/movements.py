"""Everything that changes how much lies where: each call is a batch, a ledger entry, and happens once per key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from core.context import current
from core.errors import Conflict, OneRopeError
from core.events import EventType, NewEvent
from core.services.events import Append, append
from inventory.domain.allocation import StockKey
from inventory.models import Movement
from inventory.services.locks import lock_bins, lock_stock

# Payload: {"warehouse_id", "sku_ids": [...]}: there is more of these than before; whoever waits may try again.
STOCK_ARRIVED = EventType("inventory.stock_arrived")


@dataclass(frozen=True, slots=True)
class Change:
    """`qty` units (signed) of a SKU into or out of one bin of one warehouse. `unit_cost_fen` is what one unit cost."""

    sku_id: int
    warehouse_id: int
    bin_id: int
    qty: int
    unit_cost_fen: int = 0


def receive(changes: Sequence[Change], *, key: str, reason: str = "receipt", frozen: bool = False) -> bool:
    """Put goods into bins (all `qty` > 0). `frozen` goods (quarantine) are on hand but cannot be promised.

    Returns False when `key` was booked before: nothing happens twice.
    """
    with transaction.atomic():
        if not _book(changes, key=key, reason=reason):
            return False
        _apply_stock(changes, frozen=frozen)
        _apply_bins(changes)
        if not frozen:
            _announce(changes, key)
    return True


def ship(changes: Sequence[Change], posted: Mapping[int, int], *, key: str) -> bool:
    """Second phase: goods leave their bins (all `qty` < 0) and the reservations that held them are posted.

    `posted` maps each reservation's ref to the units that left; a reservation's remainder goes back to stock. Returns
    False when `key` was booked before. Raises Conflict when a ref holds no pending reservation or too little.
    """
    with transaction.atomic():
        held = _lock_reservations(posted)
        if not _book(changes, key=key, reason="shipment"):
            return False
        missing = [ref for ref, qty in posted.items() if ref not in held or held[ref][2] < qty]
        if missing:
            raise Conflict(_("The stock of this line is not reserved."), code="reservation_not_pending")
        released: dict[StockKey, int] = {}
        for sku_id, warehouse_id, qty in held.values():
            released[sku_id, warehouse_id] = released.get((sku_id, warehouse_id), 0) + qty
        left: dict[StockKey, int] = {}
        for change in changes:
            key_ = (change.sku_id, change.warehouse_id)
            left[key_] = left.get(key_, 0) - change.qty
        _post_reservations(posted)
        _leave_stock(released, left)
        _apply_bins(changes)
    return True


def adjust(changes: Sequence[Change], *, key: str, reason: str = "adjustment") -> bool:
    """Correct what a count found (signed). Raises Conflict (`stock_promised`) rather than take what is promised."""
    with transaction.atomic():
        if not _book(changes, key=key, reason=reason):
            return False
        _apply_stock(changes)
        _apply_bins(changes)
        more = [change for change in changes if change.qty > 0]
        if more:
            _announce(more, key)
    return True


def move(moves: Sequence[tuple[int, int, int, int, int]], *, key: str, promised: bool = False) -> bool:
    """Carry units between bins of one warehouse: `(sku_id, warehouse_id, from_bin, to_bin, qty)`.

    `promised` units were promised to the picker who moves them; the promise ends here. On hand does not change.
    """
    changes = [
        Change(sku, warehouse, bin_id, sign * qty)
        for sku, warehouse, source, target, qty in moves
        for bin_id, sign in ((source, -1), (target, 1))
    ]
    with transaction.atomic():
        if not _book(changes, key=key, reason="move"):
            return False
        if promised:
            unpromise([(sku, source, qty) for sku, _wh, source, _target, qty in moves])
        _apply_bins(changes)
    return True


def promise(wanted: Sequence[tuple[int, int, int]]) -> None:
    """Set `(sku_id, bin_id, qty)` aside for a picker. Raises Conflict (`bin_short`) if any bin has too little left."""
    _promise(wanted, +1)


def unpromise(wanted: Sequence[tuple[int, int, int]]) -> None:
    """Take a promise back: the pick was struck, or it has happened."""
    _promise(wanted, -1)


def _promise(wanted: Sequence[tuple[int, int, int]], sign: int) -> None:
    total: dict[tuple[int, int], int] = {}
    for sku_id, bin_id, qty in wanted:
        total[sku_id, bin_id] = total.get((sku_id, bin_id), 0) + qty
    keys = sorted(total)
    if not keys:
        return
    lock_bins(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_binstock b SET promised = b.promised + t.qty
                 FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS t (sku_id, bin_id, qty)
                WHERE b.sku_id = t.sku_id AND b.bin_id = t.bin_id
                  AND b.promised + t.qty BETWEEN 0 AND b.qty""",
            [[k[0] for k in keys], [k[1] for k in keys], [sign * total[k] for k in keys]],
        )
        if cursor.rowcount != len(keys):
            raise Conflict(_("The bin no longer has that much."), code="bin_short")


def _book(changes: Sequence[Change], *, key: str, reason: str) -> bool:
    """Write the ledger rows; False if this key is booked. Equal (sku, bin) pairs are summed into one row."""
    if not changes:
        raise OneRopeError(_("There is nothing to move."), code="nothing_to_move")
    if Movement.objects.filter(key=key).exists():
        return False
    merged: dict[tuple[int, int, int], int] = {}
    costs: dict[tuple[int, int, int], int] = {}
    for change in changes:
        spot = (change.sku_id, change.warehouse_id, change.bin_id)
        merged[spot] = merged.get(spot, 0) + change.qty
        costs[spot] = change.unit_cost_fen
    Movement.objects.bulk_create(
        Movement(
            sku_id=spot[0], warehouse_id=spot[1], bin_id=spot[2], qty=qty, reason=reason, key=key,
            unit_cost_fen=costs[spot], actor=current().actor,
        )
        for spot, qty in sorted(merged.items())
        if qty
    )  # fmt: skip
    return True


def _apply_stock(changes: Iterable[Change], *, frozen: bool = False) -> None:
    total: dict[StockKey, int] = {}
    for change in changes:
        key = (change.sku_id, change.warehouse_id)
        total[key] = total.get(key, 0) + change.qty
    keys = sorted(total)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO inventory_stock (sku_id, warehouse_id, on_hand, reserved, frozen)
               SELECT t.sku_id, t.warehouse_id, 0, 0, 0 FROM unnest(%s::bigint[], %s::bigint[])
                      AS t (sku_id, warehouse_id) ORDER BY 1, 2
               ON CONFLICT (sku_id, warehouse_id) DO NOTHING""",
            [[k[0] for k in keys], [k[1] for k in keys]],
        )
        available = lock_stock(keys)
        if not frozen and any(available[key] + total[key] < 0 for key in keys):
            raise Conflict(_("That stock is promised to orders."), code="stock_promised")
        cursor.execute(
            """UPDATE inventory_stock s SET on_hand = s.on_hand + t.qty, frozen = s.frozen + t.frozen
                 FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[]) AS t (sku_id, warehouse_id, qty, frozen)
                WHERE s.sku_id = t.sku_id AND s.warehouse_id = t.warehouse_id""",
            [
                [k[0] for k in keys],
                [k[1] for k in keys],
                [total[k] for k in keys],
                [total[k] if frozen else 0 for k in keys],
            ],
        )


def _leave_stock(released: Mapping[StockKey, int], left: Mapping[StockKey, int]) -> None:
    keys = sorted({*released, *left})
    lock_stock(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_stock s SET reserved = s.reserved - t.released, on_hand = s.on_hand - t.gone
                 FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::int[])
                      AS t (sku_id, warehouse_id, released, gone)
                WHERE s.sku_id = t.sku_id AND s.warehouse_id = t.warehouse_id""",
            [
                [k[0] for k in keys],
                [k[1] for k in keys],
                [released.get(k, 0) for k in keys],
                [left.get(k, 0) for k in keys],
            ],
        )


def _apply_bins(changes: Iterable[Change]) -> None:
    total: dict[tuple[int, int], int] = {}
    for change in changes:
        total[change.sku_id, change.bin_id] = total.get((change.sku_id, change.bin_id), 0) + change.qty
    keys = sorted(total)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO inventory_binstock (sku_id, bin_id, qty, promised)
               SELECT t.sku_id, t.bin_id, 0, 0 FROM unnest(%s::bigint[], %s::bigint[]) AS t (sku_id, bin_id)
                ORDER BY 1, 2
               ON CONFLICT (sku_id, bin_id) DO NOTHING""",
            [[k[0] for k in keys], [k[1] for k in keys]],
        )
        left = lock_bins(keys)
        if any(left[key] + total[key] < 0 for key in keys):
            raise Conflict(_("The bin does not hold that much."), code="bin_short")
        cursor.execute(
            """UPDATE inventory_binstock b SET qty = b.qty + t.qty
                 FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS t (sku_id, bin_id, qty)
                WHERE b.sku_id = t.sku_id AND b.bin_id = t.bin_id""",
            [[k[0] for k in keys], [k[1] for k in keys], [total[k] for k in keys]],
        )


def _lock_reservations(posted: Mapping[int, int]) -> dict[int, tuple[int, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT ref, sku_id, warehouse_id, qty FROM inventory_reservation
                WHERE ref = ANY(%s) AND state = 'pending' ORDER BY ref FOR UPDATE""",
            [list(posted)],
        )
        return {row[0]: (row[1], row[2], row[3]) for row in cursor.fetchall()}


def _post_reservations(posted: Mapping[int, int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE inventory_reservation r SET state = 'posted', posted_qty = t.qty, resolved_at = now()
                 FROM unnest(%s::bigint[], %s::int[]) AS t (ref, qty)
                WHERE r.ref = t.ref AND r.state = 'pending'""",
            [list(posted), list(posted.values())],
        )


def _announce(changes: Sequence[Change], key: str) -> None:
    by_warehouse: dict[int, set[int]] = {}
    for change in changes:
        by_warehouse.setdefault(change.warehouse_id, set()).add(change.sku_id)
    append(
        [
            Append(
                f"inventory.arrival:{warehouse_id}:{key}"[:80],
                0,
                [NewEvent(STOCK_ARRIVED, {"warehouse_id": warehouse_id, "sku_ids": sorted(sku_ids)})],
            )
            for warehouse_id, sku_ids in by_warehouse.items()
        ]
    )
