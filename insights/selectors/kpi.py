"""The founding document's KPIs from our own rows. Every figure names its sample; without one there is no figure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.urls import reverse

from core import clock
from insights.bands import KPIS, STAGES, Band, Stage, Standing

WINDOW = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI today: its value (None without a sample), the sample's size, where it stands and the rows behind it."""

    band: Band
    value: float | None
    sample: int
    standing: Standing
    url: str


@dataclass(frozen=True, slots=True)
class StageFigure:
    """A stage's p50 and p90 in the unit of its SLA, and the sample's size."""

    stage: Stage
    p50: float | None
    p90: float | None
    sample: int


# Each query gives (value, sample) over parcels, tickets or events since %(since)s.
_SQL: Mapping[str, str] = {
    "handling": """
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY machine + coalesce(pick, 0) + coalesce(pack, 0)) / 60,
               count(*)
          FROM (SELECT extract(epoch FROM s.reserved_at - o.captured_at) AS machine,
                       (SELECT extract(epoch FROM max(k.at) - min(k.at)) FROM fulfillment_pickscan k
                          JOIN fulfillment_pickline l ON l.id = k.line_id WHERE l.suborder_id = s.id) AS pick,
                       (SELECT extract(epoch FROM p.packed_at - min(k.at)) FROM fulfillment_packscan k
                         WHERE k.parcel_id = p.id) AS pack
                  FROM fulfillment_parcel p JOIN oms_suborder s ON s.id = p.suborder_id
                  JOIN oms_order o ON o.id = s.order_id WHERE p.shipped_at >= %(since)s) t""",
    "lead": """
        SELECT avg(extract(epoch FROM p.shipped_at - o.paid_at)) / 3600, count(*) FROM fulfillment_parcel p
          JOIN oms_order o ON o.id = p.order_id WHERE p.shipped_at >= %(since)s AND o.paid_at IS NOT NULL""",
    "errors": """
        SELECT 1000.0 * (SELECT count(*) FROM aftersales_ticket WHERE opened_at >= %(since)s
                          AND kind IN ('missing_or_wrong', 'damaged')) / nullif(count(*), 0), count(*)
          FROM fulfillment_parcel WHERE shipped_at >= %(since)s""",
    "accuracy": """
        SELECT 100.0 * sum(ok) / nullif(sum(n), 0), sum(n) FROM (
          SELECT count(*) FILTER (WHERE verdict = 'ok') AS ok, count(*) AS n FROM fulfillment_pickscan
           WHERE at >= %(since)s AND verdict IN ('ok', 'wrong_item', 'wrong_bin', 'extra', 'unknown')
          UNION ALL SELECT count(*) FILTER (WHERE verdict = 'ok'), count(*) FROM fulfillment_packscan
           WHERE at >= %(since)s) s""",
    "cost": """
        SELECT sum(c.labour_fen + c.packing_fen) / 100.0 / nullif(sum(c.parcels), 0), coalesce(sum(c.parcels), 0)
          FROM finance_ordercost c JOIN oms_order o ON o.id = c.order_id WHERE o.captured_at >= %(since)s""",
    "response": """
        SELECT avg(extract(epoch FROM first_response_at - opened_at)) / 60, count(*) FROM aftersales_ticket
         WHERE first_response_at IS NOT NULL AND opened_at >= %(since)s""",
    "coverage": """
        SELECT 100.0 * count(first_scan_at) / nullif(count(*), 0), count(*) FROM fulfillment_parcel
         WHERE shipped_at >= %(since)s""",
    "touch": """
        SELECT 100.0 * count(*) FILTER (WHERE actor LIKE 'user:%%') / nullif(count(*), 0), count(*) FROM core_event
         WHERE stream LIKE 'oms.order:%%' AND occurred_at >= %(since)s""",
    "turnover": """
        SELECT (SELECT sum(s.on_hand * k.cost_fen) FROM inventory_stock s JOIN catalog_sku k ON k.id = s.sku_id)
               / nullif(sum(-m.qty * k.cost_fen) / greatest(extract(epoch FROM max(m.at) - min(m.at)) / 86400, 1), 0),
               count(*)
          FROM inventory_movement m JOIN catalog_sku k ON k.id = m.sku_id
         WHERE m.reason = 'shipment' AND m.at >= %(since)s""",
}

# Each query gives one duration in seconds per row.
_STAGE_SQL: Mapping[str, str] = {
    "capture": "SELECT extract(epoch FROM done_at - received_at) FROM core_inboxmessage"
    " WHERE outcome = 'created' AND received_at >= %(since)s",
    "risk": "SELECT extract(epoch FROM h.released_at - h.opened_at) FROM oms_hold h"
    " WHERE h.released_at IS NOT NULL AND h.opened_at >= %(since)s",
    "route": "SELECT extract(epoch FROM d.decided_at - o.captured_at) FROM oms_routingdecision d"
    " JOIN oms_order o ON o.id = d.order_id WHERE d.decided_at >= %(since)s AND d.outcome = 'routed'",
    "lock": "SELECT extract(epoch FROM s.reserved_at - o.captured_at) FROM oms_suborder s"
    " JOIN oms_order o ON o.id = s.order_id WHERE s.reserved_at >= %(since)s",
    "pick_pack": "SELECT extract(epoch FROM p.packed_at - p.opened_at) FROM fulfillment_parcel p"
    " WHERE p.packed_at >= %(since)s",
    "label_ship": "SELECT extract(epoch FROM p.shipped_at - p.packed_at) FROM fulfillment_parcel p"
    " WHERE p.shipped_at >= %(since)s",
    "first_track": "SELECT extract(epoch FROM min(t.received_at) - p.shipped_at) FROM fulfillment_parcel p"
    " JOIN fulfillment_trackingscan t ON t.parcel_id = p.id WHERE p.shipped_at >= %(since)s GROUP BY p.id",
    "response": "SELECT extract(epoch FROM first_response_at - opened_at) FROM aftersales_ticket"
    " WHERE first_response_at IS NOT NULL AND opened_at >= %(since)s",
    "settle": "SELECT extract(epoch FROM s.imported_at - l.occurred_at) FROM finance_statementline l"
    " JOIN finance_statement s ON s.id = l.statement_id WHERE s.imported_at >= %(since)s",
}

_ROWS: Mapping[str, Callable[[], str]] = {
    "handling": lambda: reverse("fulfillment:shipments"),
    "lead": lambda: reverse("fulfillment:shipments") + "?state=shipped",
    "errors": lambda: reverse("aftersales:tickets"),
    "accuracy": lambda: reverse("fulfillment:waves"),
    "cost": lambda: reverse("finance:statements"),
    "response": lambda: reverse("aftersales:tickets"),
    "coverage": lambda: reverse("fulfillment:shipments") + "?state=shipped",
    "touch": lambda: reverse("oms:orders"),
    "turnover": lambda: reverse("api:stock-list"),
}


def figures() -> list[Figure]:
    """The nine KPIs over the last 30 days."""
    result = []
    for band in KPIS:
        value, sample = _one(_SQL[band.key])
        number = round(float(value), 2) if value is not None and sample else None
        result.append(Figure(band, number, int(sample or 0), band.standing(number), _ROWS[band.key]()))
    return result


def stages() -> list[StageFigure]:
    """p50 and p90 of every stage over the last 30 days."""
    result = []
    for stage in STAGES:
        per_unit = 3600 if stage.key == "settle" else 60
        shares = "percentile_cont(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY t.s), count(*)"
        found, sample = _row(f"SELECT {shares} FROM ({_STAGE_SQL[stage.key]}) AS t (s)")  # noqa: S608 - constants above
        p50, p90 = found or (None, None)
        result.append(
            StageFigure(
                stage,
                round(p50 / per_unit, 2) if p50 is not None else None,
                round(p90 / per_unit, 2) if p90 is not None else None,
                sample,
            )
        )
    return result


_ORDERS = "SELECT count(*), min(captured_at) FROM oms_order WHERE status"
_SUBORDERS = "SELECT count(*), min(reserved_at) FROM oms_suborder WHERE status"
# key, SQL giving (count, oldest), the page behind it
_FUNNEL = [
    ("held", "SELECT count(*), min(updated_at) FROM oms_order WHERE status = 'held'", "insights:exceptions", ""),
    ("ready", f"{_ORDERS} = 'ready'", "oms:orders", "?status=ready"),
    ("backordered", f"{_ORDERS} = 'backordered'", "oms:orders", "?status=backordered"),
    ("reserved", f"{_SUBORDERS} = 'reserved'", "fulfillment:waves", ""),
    ("waved", f"{_SUBORDERS} = 'waved'", "fulfillment:waves", ""),
    ("picked", f"{_SUBORDERS} = 'picked'", "fulfillment:shipments", "?state=open"),
    (
        "packed",
        "SELECT count(*), min(packed_at) FROM fulfillment_parcel WHERE state = 'packed'",
        "fulfillment:shipments",
        "?state=packed",
    ),
    (
        "shipped",
        "SELECT count(*), min(shipped_at) FROM fulfillment_parcel WHERE state = 'shipped' AND delivered_at IS NULL",
        "fulfillment:shipments",
        "?state=shipped",
    ),
]


def funnel() -> list[dict[str, Any]]:
    """Work in progress per stage: how many, and how long the oldest has waited."""
    result = []
    for key, sql, url_name, query in _FUNNEL:
        count, oldest = _row(sql)
        result.append({"key": key, "count": count, "oldest": oldest, "url": reverse(url_name) + query})
    return result


def _one(sql: str) -> tuple[Any, Any]:
    row = _row(sql)
    return row[0], row[1]


def _row(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"since": clock.now() - WINDOW})
        return cursor.fetchone()
