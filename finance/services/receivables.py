"""Orders' money as events tell it: what each should bring, and the entries that follow. One transaction a batch."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from aftersales.domain import events as aftersales_events
from core import clock
from core.models import Event
from finance.domain import ledger
from finance.domain.ledger import EntryKind
from finance.models import Receivable, RefundDue
from finance.services.ledger import Entry, post
from oms.domain import events as order_events

ORDER_TYPES = [
    order_events.CAPTURED.name,
    order_events.AMENDED.name,
    order_events.REFUND_REPORTED.name,
    order_events.SUBORDER_SHIPPED.name,
    aftersales_events.REFUND_SUCCEEDED.name,
]


@dataclass
class _Batch:
    """Receivables in hand, locked in order-id order, with the refunds heard of."""

    rows: dict[int, Receivable]
    refunds: dict[tuple[int, str], int] = field(default_factory=dict)
    refunded: dict[int, datetime] = field(default_factory=dict)


def apply(events: Sequence[Event]) -> set[str]:
    """Take a batch of order and after-sales events in; book what changed. Returns the order numbers it touched."""
    with transaction.atomic():
        ids = sorted({_order_id(event) for event in events})
        locked = Receivable.objects.select_for_update(of=("self",)).filter(order_id__in=ids).order_by("order_id")
        batch = _Batch({row.pk: row for row in locked})
        for event in events:
            _apply(batch, event)
        _settle_refunds(batch)
        entries = [entry for row in batch.rows.values() for entry in _book(row)]
        _save(batch.rows.values())
        post(entries)
    return {row.order_no for row in batch.rows.values()}


def _order_id(event: Event) -> int:
    if event.stream.startswith("oms.order:"):
        return int(event.stream.rpartition(":")[2])
    return int(event.payload["order_id"])


def _apply(batch: _Batch, event: Event) -> None:
    order_id, payload = _order_id(event), event.payload
    if event.type in {order_events.CAPTURED.name, order_events.AMENDED.name}:
        row = batch.rows.setdefault(order_id, Receivable(order_id=order_id))
        _content(row, payload)
    elif event.type == order_events.SUBORDER_SHIPPED.name:
        batch.rows[order_id].shipped_minor += payload["goods_minor"]
    elif event.type == order_events.REFUND_REPORTED.name:
        given = payload["amount_minor"] if payload["status"] == "succeeded" else 0
        _refund(batch, order_id, payload["refund_no"], given, event.occurred_at)
    elif payload["channel"] == "direct":
        # What a platform pays back it reports itself, on the order's own stream; only our own payments come from here.
        _refund(batch, order_id, f"payment:{payload['payment_id']}", payload["amount_minor"], event.occurred_at)


def _content(row: Receivable, payload: Mapping[str, Any]) -> None:
    order = payload["order"]
    row.platform, row.shop_id, row.order_no = order["platform"], order["shop_id"], order["order_no"]
    row.currency = order["currency"]
    row.paid_minor = max(order["paid_minor"] or 0, 0)
    row.paid_at = datetime.fromisoformat(order["paid_at"]) if order["paid_at"] else None
    parents = {line["parent_line_id"] for line in payload["lines"] if line["parent_line_id"]}
    row.goods_minor = sum(
        line["net_minor"] for line in payload["lines"] if line["line_id"] not in parents and line["requires_shipping"]
    )


def _refund(batch: _Batch, order_id: int, number: str, amount_minor: int, at: datetime) -> None:
    batch.refunds[order_id, number] = amount_minor
    batch.refunded[order_id] = at


def _settle_refunds(batch: _Batch) -> None:
    """Store the refunds heard of and add up all of each order's."""
    if not batch.refunds:
        return
    # Receivables first: a refund may come in the same batch as its order.
    _save(batch.rows.values())
    RefundDue.objects.bulk_create(
        [
            RefundDue(receivable_id=order_id, refund_no=number, amount_minor=amount)
            for (order_id, number), amount in batch.refunds.items()
        ],
        update_conflicts=True,
        unique_fields=["receivable", "refund_no"],
        update_fields=["amount_minor"],
    )
    totals: dict[int, int] = dict.fromkeys(batch.refunded, 0)
    known = RefundDue.objects.filter(receivable_id__in=totals).values_list("receivable_id", "amount_minor")
    for order_id, amount in known:
        totals[order_id] += amount
    for order_id, total in totals.items():
        row = batch.rows[order_id]
        if row.refunded_minor != total:
            row.refunded_minor, row.refunded_at = total, batch.refunded[order_id]


def _book(row: Receivable) -> Iterable[Entry]:
    """What should stand on the books for this order, minus what does."""
    day = clock.business_date()
    due = ledger.revenue_due(row.paid_minor, row.refunded_minor, row.goods_minor, row.shipped_minor)
    steps = [
        (EntryKind.SALE, ledger.sale_legs(row.booked_sale_minor, row.paid_minor, row.currency)),
        (EntryKind.REFUND, ledger.refund_legs(row.booked_refund_minor, row.refunded_minor, row.currency)),
        (EntryKind.REVENUE, ledger.revenue_legs(row.booked_revenue_minor, due, row.currency)),
    ]
    row.booked_sale_minor, row.booked_refund_minor = row.paid_minor, row.refunded_minor
    row.booked_revenue_minor = due
    return [Entry(kind, day, legs, shop_id=row.shop_id, order_id=row.pk) for kind, legs in steps if legs]


_COLUMNS = [field.name for field in Receivable._meta.concrete_fields if field.name != "order"]


def _save(rows: Iterable[Receivable]) -> None:
    now = clock.now()
    for row in rows:
        row.updated_at = now
    Receivable.objects.bulk_create(list(rows), update_conflicts=True, unique_fields=["order"], update_fields=_COLUMNS)
