"""WooCommerce REST bodies (v2, v3) to canonical messages: orders, lists, refunds, the `{"data": …}` envelope of the
WordPress.com tunnel, the old `{"order": …}` of webhooks on the legacy API, and the bare `{"id": n}` of `order.deleted`.
Line amounts are before tax.

The order's identity is its `id`, the only number refunds and deletions carry; `number` is `display_no`.
"""

import html
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.money import exponent
from integrations.channels import reading
from integrations.channels.fields import (
    Notes,
    Row,
    absorb_cents,
    adjusted,
    amount,
    apportion,
    each,
    first,
    hidden,
    mapping,
    moment,
    owed,
    quantity,
    rows,
    text,
)
from integrations.channels.orders import NOT_AN_ORDER, hold_for, note_missing_skus
from integrations.channels.woocommerce import words
from integrations.channels.woocommerce.bundles import meta, settle
from integrations.channels.woocommerce.legacy import modern
from integrations.channels.woocommerce.refunds import is_refund, read_refund
from oms.domain.canonical import (
    AdjustmentKind,
    Canonical,
    CanonicalAdjustment,
    CanonicalHint,
    CanonicalLine,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalReceiver,
    HoldCode,
    OrderState,
)

PLATFORM = "woocommerce"
_ORDER_WORDS = {"order_key", "status", "billing", "total", "number", "payment_method"}


def read(body: bytes, context: Mapping[str, str]) -> list[Canonical]:
    """Everything in `body`; `context["topic"]` is X-WC-Webhook-Topic. Codes of Unreadable: those of `reading`,
    `order_no_missing`, `bad_amount`, `bad_quantity`."""
    parsed = reading.parse(body)
    topic = context.get("topic", "")
    found = [row for row in _unwrap(parsed.value) if _is_ours(row, topic)]
    if not found:
        return [CanonicalNothing(PLATFORM, topic, (*parsed.warnings, NOT_AN_ORDER))]
    currency = context.get("currency", "")  # the shop's, for bodies that do not say
    return each(PLATFORM, found, lambda row: _read_one(row, currency, context, Notes(*parsed.warnings)))


def _unwrap(value: Any) -> list[Row]:
    if isinstance(value, dict) and "data" in value and "id" not in value:
        value = value["data"]
    if isinstance(value, dict) and "id" not in value and ("order" in value or "orders" in value):
        return [modern(order) for name in ("order", "orders") for order in rows(value.get(name))]
    return rows(value)


def _is_ours(row: Row, topic: str) -> bool:
    if "billing_interval" in row:
        return False  # a subscription: its renewals are the orders
    orderly = "line_items" in row or len(_ORDER_WORDS & row.keys()) > 1 or topic.startswith("order.")
    return orderly or _is_deletion(row) or _is_action(row) or is_refund(row)


def _is_deletion(row: Row) -> bool:
    return row.keys() == {"id"}


def _is_action(row: Row) -> bool:
    """An `action.*` webhook: the name of a WordPress action and the id it was fired with."""
    return row.keys() == {"action", "arg"}


def _read_one(row: Row, currency: str, context: Mapping[str, str], notes: Notes) -> Canonical:
    if _is_action(row):
        return CanonicalHint(PLATFORM, text(row["action"])[:80], _order_no({"id": row["arg"]}))
    if _is_deletion(row):
        return _read_deletion(row, moment(context, "received_at", notes))
    return read_refund(row, currency, notes) if is_refund(row) else read_order(row, currency, notes)


def _read_deletion(row: Row, received_at: datetime | None) -> CanonicalOrder:
    """Only an id: the time of the deletion is that of the message, so that older versions of the order come too late
    and a restored one, which changes after it, does not."""
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=_order_no(row),
        state=OrderState.CANCELLED,
        currency="",
        lines=(),
        receiver=None,
        created_at=None,
        modified_at=received_at,
        hold_code=HoldCode.CANCELLED,
        partial=True,
        warnings=("order_deleted: the shop deleted this order; nothing else is in the message",),
    )


def _order_no(row: Row) -> str:
    order_no = text(row.get("id"))
    if not order_no or order_no == "0":
        reading.refuse("order_no_missing", "the order has no id")
    return order_no


def read_order(order: Row, default_currency: str, notes: Notes) -> CanonicalOrder:
    """One order."""
    order_no = _order_no(order)
    currency = text(order.get("currency")) or default_currency
    if not currency:
        notes.add("currency_missing")
    status = text(order.get("status")).removeprefix("wc-")
    cod = text(order.get("payment_method")) == words.COD
    paid_at = moment(order, "date_paid_gmt", notes) or moment(order, "date_paid", notes)
    adjustments = _adjustments(order, currency)
    lines = _read_lines(order, currency, sum(part.amount_minor for part in adjustments), notes)
    state, hold = _state(order, status, currency, cod and paid_at is None, paid_at is not None, notes)
    receiver = _read_receiver(mapping(order.get("shipping")), mapping(order.get("billing")), notes)
    if not hold and (order.get("needs_processing") is False or _is_fetched(order)):
        hold = HoldCode.NOTHING_TO_SHIP
    may_be_unpaid = cod and status == "processing"
    hold = hold_for(state, lines, receiver, notes, platform_says=hold, cod=may_be_unpaid)
    note_missing_skus(lines, notes)
    if meta(order, "_wcpay_mode") == "test":
        notes.add("test_payment", "the payment gateway was in test mode")
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=order_no,
        state=state,
        currency=currency,
        lines=lines,
        receiver=receiver,
        created_at=moment(order, "date_created_gmt", notes) or moment(order, "date_created", notes),
        modified_at=moment(order, "date_modified_gmt", notes) or moment(order, "date_modified", notes),
        paid_at=paid_at,
        paid_minor=_paid(order, state, status, currency, paid_at is not None, notes),
        freight_minor=owed(order, "shipping_total", currency),
        shippable=not hold,
        hold_code=hold,
        buyer_id=text(order.get("customer_id")).removeprefix("0"),  # 0 is a guest
        client_ip=text(order.get("customer_ip_address")),
        buyer_note=text(order.get("customer_note")),
        cod=cod,
        draft=hold == HoldCode.DRAFT,
        adjustments=adjustments,
        partial=order.get("line_items") is None,
        display_no=text(order.get("number")),
        warnings=notes.all(),
    )


def _state(
    order: Row, status: str, currency: str, unpaid_cod: bool, paid: bool, notes: Notes
) -> tuple[OrderState, HoldCode | str]:
    if status not in words.STATUS:
        notes.add("unknown_status", status or "none given")
        return (OrderState.PAID if paid else OrderState.PENDING), HoldCode.UNKNOWN_STATE
    state, hold = words.STATUS[status]
    if hold == HoldCode.DRAFT:
        notes.add("not_an_order", status)
    if state is not OrderState.PAID:
        return state, hold
    if unpaid_cod and status == "processing":
        return OrderState.PENDING, hold
    back = sum(abs(owed(refund, "total", currency, signed=True)) for refund in rows(order.get("refunds")))
    total = owed(order, "total", currency)
    if back <= 0:
        return state, hold
    if back >= total:
        return OrderState.REFUNDED, HoldCode.REFUNDED
    notes.add("refund_unclear", "an order does not say which units its refunds took back")
    return OrderState.PARTIALLY_REFUNDED, hold or HoldCode.REFUND_UNCLEAR


def _is_fetched(order: Row) -> bool:
    """Whether the buyer comes for all of it. (Neither a method nor an address may be a download, or a shop without
    shipping zones: that is left to a person.)"""
    methods = [text(way.get("method_id")).partition(":")[0] for way in rows(order.get("shipping_lines"))]
    return bool(methods) and all(method in words.PICK_UP for method in methods)


def _paid(order: Row, state: OrderState, status: str, currency: str, paid: bool, notes: Notes) -> int | None:
    """Money received before refunds: WooCommerce counts processing and completed orders as paid."""
    if paid:
        if state is OrderState.PENDING:
            notes.add("paid_while_pending", f"a payment date, but status {status}")
        return amount(order, "total", currency)
    if state in (OrderState.PENDING, OrderState.CANCELLED):
        return 0
    if status in words.STATUS:
        notes.add("paid_date_missing", "taken as paid because of its status")
        return amount(order, "total", currency)
    return None


def _read_lines(order: Row, currency: str, apart: int, notes: Notes) -> tuple[CanonicalLine, ...]:
    items: dict[str, Row] = {}
    lines: list[CanonicalLine] = []
    for index, item in enumerate(rows(order.get("line_items")), start=1):
        line_id = text(item.get("id")) or str(index)
        items[line_id] = item
        count = quantity(item.get("quantity"), notes, line_id)
        if not count:
            notes.add("zero_quantity", f"line {line_id}")
            continue
        lines.append(_read_line(item, line_id, count, currency))
    lines = _spread_discount_fees(order, lines, currency)
    lines = _fit_total(order, lines, currency, apart, notes)
    return settle(lines, items, notes)


def _read_line(item: Row, line_id: str, count: int, currency: str) -> CanonicalLine:
    variation, product = text(item.get("variation_id")), text(item.get("product_id"))
    subtotal = owed(item, "subtotal", currency, signed=True)
    return CanonicalLine(
        line_id=line_id,
        sku=text(item.get("sku")),
        listing_id=variation if variation not in ("", "0") else product.removeprefix("0"),
        title=html.unescape(text(item.get("name"))),
        qty=count,
        unit_price_minor=max(0, subtotal) // count,
        net_minor=owed(item, "total", currency),
    )


def _spread_discount_fees(order: Row, lines: list[CanonicalLine], currency: str) -> list[CanonicalLine]:
    """A negative fee is how many plugins give an order discount: share it over the lines. Other fees are services."""
    off = sum(-fee for row in rows(order.get("fee_lines")) if (fee := owed(row, "total", currency, signed=True)) < 0)
    nets = [line.net_minor for line in lines]
    if not off or off > sum(nets):
        return lines
    shares = apportion(off, nets, [line.line_id for line in lines])
    return [replace(line, net_minor=line.net_minor - share) for line, share in zip(lines, shares, strict=True)]


def _adjustments(order: Row, currency: str) -> tuple[CanonicalAdjustment, ...]:
    fees = sum(max(0, owed(row, "total", currency, signed=True)) for row in rows(order.get("fee_lines")))
    gifts = sum(owed(row, "amount", currency) for row in rows(order.get("gift_cards")))
    return adjusted(
        (AdjustmentKind.TAX, owed(order, "total_tax", currency)),
        (AdjustmentKind.FEE, fees),
        (AdjustmentKind.GIFT_CARD, -gifts),
    )


def _fit_total(order: Row, lines: list[CanonicalLine], currency: str, apart: int, notes: Notes) -> list[CanonicalLine]:
    """Amounts finer than the currency's smallest unit are rounded so that they add up; any other gap is noted."""
    total, nets = amount(order, "total", currency), [line.net_minor for line in lines]
    if total is None or not lines:
        return lines
    gap = total - sum(nets) - apart - owed(order, "shipping_total", currency)
    fine = any(_is_finer(item.get("total"), currency) for item in rows(order.get("line_items")))
    rounded = absorb_cents(nets, gap, [line.line_id for line in lines]) if fine else None
    if gap and rounded is None:
        notes.add("money_inconsistent", f"the parts come to {total - gap}, the order says {total}")
    return [replace(line, net_minor=net) for line, net in zip(lines, rounded or nets, strict=True)]


def _is_finer(value: object, currency: str) -> bool:
    return len(str(value).strip().partition(".")[2].rstrip("0")) > exponent(currency)


def _read_receiver(shipping: Row, billing: Row, notes: Notes) -> CanonicalReceiver | None:
    name = f"{text(shipping.get('first_name'))} {text(shipping.get('last_name'))}".strip()
    detail = " ".join(part for part in (text(shipping.get("address_1")), text(shipping.get("address_2"))) if part)
    country, city, state = (text(shipping.get(part)) for part in ("country", "city", "state"))
    if not any((detail, city, country)):
        if text(billing.get("address_1")):
            notes.add("no_shipping_address", "only a billing address is given")
        return None
    return CanonicalReceiver(
        name=name or text(shipping.get("company")),
        phone=first(shipping, "phone") or text(billing.get("phone")),
        country=country,
        province=words.CHINESE_STATES.get(state, state) if country == "CN" else state,
        city=city,
        detail=html.unescape(detail),
        zip=text(shipping.get("postcode")),
        masked=hidden(name, detail),
    )
