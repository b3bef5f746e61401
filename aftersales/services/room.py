"""How much of an order may still be refunded. Every change is one statement that checks and changes.

All functions must run inside the caller's transaction; the rows stay locked until it ends.
"""

from collections.abc import Iterable

from django.db import connection
from django.utils.translation import gettext as _

from core.errors import Conflict


def lock(order_ids: Iterable[int]) -> None:
    """Lock the refundable amounts of these orders, made or brought up to date from what was paid.

    The orders themselves are pinned first: rows that point at them are written later, and a transaction that holds an
    order may be waiting for its amount. Without word of a payment (cash on delivery), goods and freight count as paid.
    """
    assert connection.in_atomic_block
    ids = sorted(set(order_ids))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM oms_order WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE", [ids])
        cursor.execute(
            """INSERT INTO aftersales_refundable AS r (order_id, paid_minor, held_minor, refunded_minor, excess_minor)
               SELECT o.id,
                      CASE WHEN o.paid_minor IS NULL OR (o.cod AND o.paid_minor = 0)
                           THEN o.freight_minor + COALESCE(
                                (SELECT sum(l.net_minor) FROM oms_orderline l WHERE l.order_id = o.id), 0)
                           ELSE o.paid_minor END, 0, 0, 0
                 FROM oms_order o WHERE o.id = ANY(%s) ORDER BY o.id
               ON CONFLICT (order_id) DO UPDATE
                  SET paid_minor = EXCLUDED.paid_minor,
                      excess_minor = GREATEST(r.held_minor + r.refunded_minor - EXCLUDED.paid_minor, 0)""",
            [ids],
        )


def left(order_id: int) -> int:
    """Minor units that may still be asked for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT GREATEST(paid_minor - held_minor - refunded_minor, 0) FROM aftersales_refundable
                WHERE order_id = %s""",
            [order_id],
        )
        row = cursor.fetchone()
        return row[0] if row else 0


def hold(order_id: int, amount_minor: int) -> None:
    """Set `amount_minor` aside for a refund. Raises Conflict (`not_refundable`) when less than that is left."""
    if not try_hold(order_id, amount_minor):
        raise Conflict(
            _("Less than that is left to refund of this order."),
            code="not_refundable",
            fields={"left_minor": left(order_id), "asked_minor": amount_minor},
        )


def try_hold(order_id: int, amount_minor: int) -> bool:
    """Like `hold`, but says False instead of raising."""
    return _change(
        """UPDATE aftersales_refundable SET held_minor = held_minor + %(amount)s
            WHERE order_id = %(order)s AND held_minor + refunded_minor + %(amount)s <= paid_minor""",
        order_id, amount_minor,
    )  # fmt: skip


def free(order_id: int, amount_minor: int) -> None:
    """Give back what was held: it will not be paid."""
    _change(
        """UPDATE aftersales_refundable
              SET held_minor = held_minor - %(amount)s,
                  excess_minor = GREATEST(held_minor - %(amount)s + refunded_minor - paid_minor, 0)
            WHERE order_id = %(order)s""",
        order_id, amount_minor,
    )  # fmt: skip


def check_sound(order_id: int) -> None:
    """Refuse to pay anything of an order of which more was refunded elsewhere than it had.

    Raises Conflict (`refunded_elsewhere`).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT excess_minor FROM aftersales_refundable WHERE order_id = %s", [order_id])
        row = cursor.fetchone()
    if row and row[0]:
        message = _("The platform has refunded this order already; nothing more may be paid.")
        raise Conflict(message, code="refunded_elsewhere", fields={"excess_minor": row[0]})


def paid_out(order_id: int, amount_minor: int) -> None:
    """What was held has been paid."""
    _change(
        """UPDATE aftersales_refundable
              SET held_minor = held_minor - %(amount)s, refunded_minor = refunded_minor + %(amount)s
            WHERE order_id = %(order)s""",
        order_id, amount_minor,
    )  # fmt: skip


def reported(order_id: int, amount_minor: int) -> int:
    """The platform has moved this money whatever we hold: count it. Returns how much was refunded beyond what there
    was, 0 when all is well."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE aftersales_refundable
                  SET refunded_minor = refunded_minor + %(amount)s,
                      excess_minor = GREATEST(held_minor + refunded_minor + %(amount)s - paid_minor, 0)
                WHERE order_id = %(order)s
            RETURNING GREATEST(refunded_minor - paid_minor, 0)""",
            {"amount": amount_minor, "order": order_id},
        )
        return int(cursor.fetchone()[0])


def _change(sql: str, order_id: int, amount_minor: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"order": order_id, "amount": amount_minor})
        return bool(cursor.rowcount)
