"""What orders cost, gathered from the facts as they come. One transaction a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from catalog.selectors import skus
from core import clock
from core.models import Event
from core.money import split
from finance.domain.costs import DEFAULT_RATES, Rates
from finance.domain.ledger import Account, EntryKind, dispatch_legs, transfer
from finance.models import CostRate, OrderCost
from finance.services.ledger import Entry, post


@dataclass(frozen=True, slots=True)
class Share:
    """What one fact adds to an order's cost, in fen."""

    order_id: int
    goods_fen: int = 0
    packing_fen: int = 0
    labour_fen: int = 0
    freight_estimated_fen: int = 0
    after_sales_fen: int = 0
    parcels: int = 0


def rates(warehouse_ids: Iterable[int]) -> dict[int, Rates]:
    """Today's rates of each warehouse: its own newest, else the general one, else the founding document's."""
    wanted = set(warehouse_ids)
    found: dict[int | None, Rates] = {}
    rows = CostRate.objects.filter(valid_from__lte=clock.business_date()).order_by("valid_from")
    for warehouse_id, packing, hourly, seconds in rows.values_list(
        "warehouse_id", "packing_fen", "hourly_fen", "seconds"
    ):
        found[warehouse_id] = Rates(packing, hourly, seconds)
    general = found.get(None, DEFAULT_RATES)
    return {warehouse_id: found.get(warehouse_id, general) for warehouse_id in wanted}


def on_shipped(events: Sequence[Event]) -> None:
    """Sub-orders left: goods at cost, packing, labour and the estimated freight are booked and added up."""
    payloads = [(int(event.stream.rpartition(":")[2]), event.payload) for event in events]
    facts = skus.facts({line["sku_id"] for _order, payload in payloads for line in payload["lines"]})
    by_warehouse = rates({payload["warehouse_id"] for _order, payload in payloads})
    unit = {sku_id: fact.cost_fen for sku_id, fact in facts.items()}
    with transaction.atomic():
        shares, entries = [], []
        for order_id, payload in payloads:
            share = _dispatch(order_id, payload, unit, by_warehouse[payload["warehouse_id"]])
            shares.append(share)
            legs = dispatch_legs(share.goods_fen, share.freight_estimated_fen, share.packing_fen, share.labour_fen)
            key = f"dispatch:{payload['suborder_id']}"
            entries.append(Entry(EntryKind.DISPATCH, clock.business_date(), legs, order_id=order_id, key=key))
        _add(shares)
        post(entries)


def _dispatch(order_id: int, payload: Mapping[str, Any], unit: Mapping[int, int], rate: Rates) -> Share:
    parcels = max(len(payload["parcels"]), 1)
    share = payload.get("share") or {"place": 0, "of": 1}  # orders that leave in one parcel pay for one parcel

    def part(fen: int) -> int:
        return split(fen, [1] * share["of"])[share["place"]]

    return Share(
        order_id,
        goods_fen=sum(line["qty"] * unit.get(line["sku_id"], 0) for line in payload["lines"]),
        packing_fen=part(rate.packing_fen * parcels),
        labour_fen=part(rate.labour_fen() * parcels),
        freight_estimated_fen=payload["freight_estimate_fen"] or 0,
        parcels=part(parcels),
    )


def on_returned(events: Sequence[Event]) -> None:
    """Returned goods that are back in stock give their cost back, whatever their grade; scrap does not."""
    with transaction.atomic():
        shares, entries = [], []
        for event in events:
            payload = event.payload
            back = sum(line["qty"] * line["unit_cost_fen"] for line in payload["lines"] if line["grade"] != "scrap")
            if payload["order_id"] is not None:  # a parcel that nobody announced belongs to no order
                shares.append(Share(payload["order_id"], goods_fen=-back))
            legs = transfer(Account.INVENTORY, Account.GOODS_COST, back)
            key = f"return:{payload['return_id']}:{event.version}"
            entries.append(Entry(EntryKind.RETURN, clock.business_date(), legs, order_id=payload["order_id"], key=key))
        _add(shares)
        post(entries)


def _add(shares: Sequence[Share]) -> None:
    """Add to the orders' rows, rows locked in order-id order."""
    columns = ["goods_fen", "packing_fen", "labour_fen", "freight_estimated_fen", "after_sales_fen", "parcels"]
    sums: dict[int, list[int]] = {}
    for share in shares:
        row = sums.setdefault(share.order_id, [0] * len(columns))
        for at, column in enumerate(columns):
            row[at] += getattr(share, column)
    ids = sorted(sums)
    OrderCost.objects.bulk_create([OrderCost(order_id=order_id) for order_id in ids], ignore_conflicts=True)
    list(OrderCost.objects.select_for_update().filter(order_id__in=ids).order_by("order_id").values_list("order_id"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE finance_ordercost c SET {", ".join(f"{name} = c.{name} + t.{name}" for name in columns)}
                  FROM unnest(%s::bigint[], {", ".join(["%s::bigint[]"] * len(columns))})
                       AS t (order_id, {", ".join(columns)}) WHERE c.order_id = t.order_id""",  # noqa: S608 -- names
            [ids, *([sums[order_id][at] for order_id in ids] for at in range(len(columns)))],
        )
