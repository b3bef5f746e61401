"""Stock locked per second: the service's batch against the bare set-based SQL that writes the same rows."""

from random import Random

from benchmarks import harness

ORDERS, LINES = 1000, 3


def main() -> None:
    harness.prepare()
    from django.db import connection, transaction

    from inventory.domain.allocation import Demand
    from inventory.models import Stock
    from inventory.services import reservations

    rng, refs = Random(1), iter(range(10**9, 10**12))
    keys = list(Stock.objects.order_by("sku_id", "warehouse_id").values_list("sku_id", "warehouse_id"))
    weights = {"uniform": [1.0] * len(keys), "zipf": [1 / (i + 1) for i in range(len(keys))], "hot": [1.0]}

    def demands(kind: str) -> list[Demand]:
        made = []
        for _order in range(ORDERS):
            group = next(refs)
            chosen = keys[:1] if kind == "hot" else rng.choices(keys, weights[kind], k=LINES)
            made += [Demand(next(refs), group, sku, warehouse, 1) for sku, warehouse in chosen]
        return made

    def through_service(kind: str) -> float:
        batch = demands(kind)

        def work() -> None:
            with transaction.atomic():
                reservations.reserve(batch)

        return harness.rate(ORDERS, work)

    def one_by_one() -> float:
        batch = demands("uniform")[: 100 * LINES]

        def work() -> None:
            for start in range(0, len(batch), LINES):
                with transaction.atomic():
                    reservations.reserve(batch[start : start + LINES])

        return harness.rate(100, work)

    def bare() -> float:
        """The same two writes without a decision: what the database alone costs."""
        batch = demands("uniform")

        def work() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
                columns = [[d.sku_id for d in batch], [d.warehouse_id for d in batch], [d.qty for d in batch]]
                cursor.execute(
                    """UPDATE inventory_stock s SET reserved = s.reserved + t.qty FROM
                         (SELECT sku_id, warehouse_id, sum(qty)::int AS qty
                            FROM unnest(%s::bigint[], %s::bigint[], %s::int[]) AS u (sku_id, warehouse_id, qty)
                           GROUP BY 1, 2) t
                        WHERE s.sku_id = t.sku_id AND s.warehouse_id = t.warehouse_id""",
                    columns,
                )
                cursor.execute(
                    """INSERT INTO inventory_reservation
                              (ref, "group", attempt, sku_id, warehouse_id, qty, posted_qty, state)
                       SELECT ref, grp, 1, sku_id, warehouse_id, qty, 0, 'pending'
                         FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[])
                              AS t (ref, grp, sku_id, warehouse_id, qty)""",
                    [[d.ref for d in batch], [d.group for d in batch], *columns],
                )

        return harness.rate(ORDERS, work)

    value, floor = harness.interleaved(lambda: through_service("uniform"), bare)
    detail = {
        "lines_per_order": LINES,
        "batch": ORDERS,
        "zipf": round(through_service("zipf"), 1),
        "hot": round(through_service("hot"), 1),
        "one_at_a_time": round(one_by_one(), 1),
    }
    harness.report("reserve", value, "orders/s", floor, "orders/s, bare set-based SQL", detail)


if __name__ == "__main__":
    main()
