"""Stock locked per second: the service's batch against the bare set-based SQL that writes the same rows.

Every order has three lines, whatever the kind. After each batch the grants are compared with serving the orders one by
one in plain Python, and the counters with the grants; a difference ends the run without a figure.
"""

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import harness

if TYPE_CHECKING:
    from inventory.domain.allocation import Demand

Key = tuple[int, int]  # SKU and warehouse
ORDERS, LINES, SINGLES = 1000, 3, 100
KINDS = ("uniform", "zipf", "hot", "scarce")


def main() -> None:
    harness.prepare()
    from inventory.models import Stock

    desk = _Desk(list(Stock.objects.order_by("sku_id", "warehouse_id").values_list("sku_id", "warehouse_id")))
    samples: dict[str, list[float]] = {name: [] for name in (*KINDS, "bare", "one_at_a_time")}
    for _round in range(harness.ROUNDS + 1):
        for kind in KINDS:
            samples[kind].append(desk.batch(kind))
        samples["bare"].append(desk.bare())
        samples["one_at_a_time"].append(desk.one_by_one())
    per_s = {name: median(rates[1:]) for name, rates in samples.items()}  # the first round warms up
    detail = {
        "lines_per_order": LINES, "batch": ORDERS, "stock_rows": len(desk.keys), "grants_checked": True,
        "orders_per_s": {name: round(rate, 1) for name, rate in per_s.items()},
        "lines_per_s": {name: round(rate * LINES) for name, rate in per_s.items()},
        "hot_to_uniform": round(per_s["hot"] / per_s["uniform"], 2),
    }  # fmt: skip
    harness.report("reserve", per_s["uniform"], "orders/s", per_s["bare"], "orders/s, bare set-based SQL", detail)


class _Desk:
    """Makes demands, times their reservation, and checks it."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys, self.rng, self.refs = keys, Random(1), iter(range(10**9, 10**12))

    def batch(self, kind: str) -> float:
        """Orders per second of one batch through the service. `scarce`: about half of what is asked for is there."""
        demands = self._demands(kind)
        self._stock_up(ORDERS * LINES // len(self.keys) // 2 if kind == "scarce" else 10**6)
        return self._timed([demands])

    def one_by_one(self) -> float:
        demands = self._demands("uniform")[: SINGLES * LINES]
        self._stock_up(10**6)
        return self._timed([demands[start : start + LINES] for start in range(0, len(demands), LINES)])

    def bare(self) -> float:
        """The same two writes without a decision: what the database alone costs."""
        from django.db import connection, transaction

        demands = self._demands("uniform")
        self._stock_up(10**6)
        columns = [[d.sku_id for d in demands], [d.warehouse_id for d in demands], [d.qty for d in demands]]

        def work() -> None:
            with transaction.atomic(), connection.cursor() as cursor:
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
                    [[d.ref for d in demands], [d.group for d in demands], *columns],
                )

        return harness.rate(ORDERS, work)

    def _timed(self, batches: Sequence[Sequence["Demand"]]) -> float:
        from django.db import transaction

        from inventory.services import reservations

        before, granted = _counters(), set[int]()

        def work() -> None:
            for batch in batches:
                with transaction.atomic():
                    granted.update(reservations.reserve(batch).granted)

        demands = [demand for batch in batches for demand in batch]
        rate = harness.rate(len({demand.group for demand in demands}), work)
        _check(demands, granted, before)
        return rate

    def _demands(self, kind: str) -> list["Demand"]:
        from inventory.domain.allocation import Demand

        weights = [1 / (place + 1) if kind == "zipf" else 1.0 for place in range(len(self.keys))]
        choose: Callable[[], Sequence[Key]] = lambda: self.rng.choices(self.keys, weights, k=LINES)  # noqa: E731
        made = []
        for _order in range(ORDERS):
            group = next(self.refs)
            chosen = [self.keys[0]] * LINES if kind == "hot" else choose()
            made += [Demand(next(self.refs), group, sku, warehouse, 1) for sku, warehouse in chosen]
        return made

    def _stock_up(self, units: int) -> None:
        """So many free units of everything, nothing reserved."""
        from django.db import connections

        from inventory.models import Stock

        with connections["owner"].cursor() as cursor:
            cursor.execute("TRUNCATE inventory_reservation")
        Stock.objects.update(on_hand=units, reserved=0, frozen=0)


def _counters() -> dict[Key, tuple[int, int]]:
    """(free, reserved) per stock row."""
    from inventory.models import Stock

    rows = Stock.objects.values_list("sku_id", "warehouse_id", "on_hand", "reserved", "frozen")
    return {(sku, warehouse): (on_hand - held - frozen, held) for sku, warehouse, on_hand, held, frozen in rows}


def _check(demands: Sequence["Demand"], granted: set[int], before: dict[Key, tuple[int, int]]) -> None:
    """First come, first served, all or nothing; and the counters and rows say the same."""
    from inventory.models import Reservation

    free, taken, expected = {key: row[0] for key, row in before.items()}, Counter[Key](), set[int]()
    groups: dict[int, Counter[Key]] = {}
    for demand in demands:
        groups.setdefault(demand.group, Counter())[demand.key] += demand.qty
    for group, wanted in groups.items():
        if all(free[key] - taken[key] >= qty for key, qty in wanted.items()):
            expected.add(group)
            taken.update(wanted)
    if granted != expected:
        sys.exit(f"{len(granted ^ expected)} of {len(groups)} orders were not decided as one by one")
    for key, (left, held) in _counters().items():
        if left < 0 or held - before[key][1] != taken[key]:
            sys.exit(f"stock {key}: {taken[key]} granted, {held - before[key][1]} reserved, {left} left")
    rows = Reservation.objects.filter(state="pending").values_list("ref", flat=True)
    if set(rows) != {demand.ref for demand in demands if demand.group in granted}:
        sys.exit("the reservations are not those that were granted")


if __name__ == "__main__":
    main()
