"""What a demo came to, one row a step, read from the database."""

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Row:
    """Orders (or parcels, messages, bill lines) in, out and held, and the step's p50 and p95 in seconds."""

    step: str
    into: int
    out: int
    held: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class _Step:
    """`counts` gives (in, out, held) in one row, `seconds` one duration per row."""

    name: str
    counts: str
    seconds: str


_STEPS = [
    _Step(
        "1 capture",
        """SELECT (SELECT count(*) FROM core_inboxmessage WHERE source LIKE 'channel:%'),
                  (SELECT count(*) FROM oms_order), (SELECT count(*) FROM core_inboxmessage WHERE state = 'dead')""",
        "SELECT extract(epoch FROM done_at - received_at) FROM core_inboxmessage WHERE outcome = 'created'",
    ),
    _Step(
        "2 split and route",
        """SELECT count(*), count(*) FILTER (WHERE status NOT IN ('held', 'backordered', 'waiting')),
                  count(*) FILTER (WHERE status IN ('held', 'backordered', 'waiting')) FROM oms_order""",
        """SELECT extract(epoch FROM d.decided_at - o.captured_at) FROM oms_routingdecision d
             JOIN oms_order o ON o.id = d.order_id WHERE d.outcome = 'routed'""",
    ),
    _Step(
        "3 lock stock",
        """SELECT count(*), count(*) FILTER (WHERE state = 'posted'), count(*) FILTER (WHERE state = 'pending')
             FROM inventory_reservation""",
        """SELECT extract(epoch FROM s.reserved_at - o.captured_at) FROM oms_suborder s
             JOIN oms_order o ON o.id = s.order_id""",
    ),
    _Step(
        "4 wave and pick",
        """SELECT count(DISTINCT suborder_id), count(DISTINCT suborder_id) FILTER (WHERE state = 'picked'),
                  count(DISTINCT suborder_id) FILTER (WHERE state = 'open') FROM fulfillment_pickline""",
        "SELECT extract(epoch FROM finished_at - started_at) FROM fulfillment_picktask WHERE finished_at IS NOT NULL",
    ),
    _Step(
        "5 pack and check",
        "SELECT count(*), count(packed_at), count(*) FILTER (WHERE state = 'open') FROM fulfillment_parcel",
        "SELECT extract(epoch FROM packed_at - opened_at) FROM fulfillment_parcel WHERE packed_at IS NOT NULL",
    ),
    _Step(
        "6 label and ship",
        "SELECT count(packed_at), count(shipped_at), count(*) FILTER (WHERE state = 'packed') FROM fulfillment_parcel",
        "SELECT extract(epoch FROM shipped_at - packed_at) FROM fulfillment_parcel WHERE shipped_at IS NOT NULL",
    ),
    _Step(
        "7 track",
        """SELECT count(shipped_at), count(delivered_at), count(*) FILTER (WHERE shipped_at IS NOT NULL
                  AND delivered_at IS NULL) FROM fulfillment_parcel""",
        """SELECT extract(epoch FROM min(s.received_at) - p.shipped_at) FROM fulfillment_parcel p
             JOIN fulfillment_trackingscan s ON s.parcel_id = p.id GROUP BY p.id""",
    ),
    _Step(
        "8 after-sales",
        """SELECT count(*), count(first_response_at), count(*) FILTER (WHERE resolved_at IS NULL)
             FROM aftersales_ticket""",
        """SELECT extract(epoch FROM first_response_at - opened_at) FROM aftersales_ticket
            WHERE first_response_at IS NOT NULL""",
    ),
    _Step(
        "9 settle",
        """SELECT coalesce(sum(rows), 0), coalesce(sum(matched_rows + explained_rows), 0),
                  coalesce(sum(unexplained_rows), 0) FROM finance_statement""",
        "SELECT extract(epoch FROM reconciled_at - imported_at) FROM finance_statement WHERE reconciled_at IS NOT NULL",
    ),
]


def rows() -> list[Row]:
    """The nine steps as they stand."""
    return [_row(step) for step in _STEPS]


def _row(step: _Step) -> Row:
    with connection.cursor() as cursor:
        cursor.execute(step.counts)
        into, out, held = cursor.fetchone()
        shares = "percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY s)"
        cursor.execute(f"SELECT {shares} FROM ({step.seconds}) AS t (s)")  # noqa: S608 - the steps above, nothing else
        p50, p95 = cursor.fetchone()[0] or (None, None)
    return Row(step.name, int(into), int(out), int(held), _rounded(p50), _rounded(p95))


def _rounded(seconds: float | None) -> float | None:
    return round(float(seconds), 2) if seconds is not None else None
