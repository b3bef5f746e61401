"""Our own event schema for shops without a ready-made platform, sent as Standard Webhooks.

Body: `{"type", "timestamp", "data"}`. Types `order.created|order.paid|order.updated|order.cancelled` carry an order,
`refund.created|refund.updated` a refund application; other types ask for nothing. All amounts are whole minor units,
all times ISO 8601 with an offset. Only `order_no` and each line's `sku` (or `listing_id`) and `qty` are required::

    order: order_no, currency, state (pending|paid|cancelled|refunded|partially_refunded), created_at, modified_at,
        paid_at, paid_minor, freight_minor, discount_minor (off the whole order, not yet in the lines), buyer_id,
        buyer_note, seller_note, cod, test,
        lines: [{line_id, sku, listing_id, title, qty, unit_price_minor, net_minor, refund, requires_shipping}],
        receiver: {name, phone, country, province, city, district, town, detail, zip}
    refund: refund_no, order_no, line_id, kind (refund_only|return|exchange), status (requested|approved|rejected|
        closed|succeeded), amount_minor, currency, qty, reason, return_waybill_no, return_carrier
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from core.money import MAX_MINOR
from integrations.channels import reading
from integrations.channels.fields import Notes, Row, apportion, each, first, flag, mapping, moment, quantity, rows, text
from integrations.channels.orders import NOT_AN_ORDER, hold_for, note_missing_skus
from oms.domain.canonical import (
    Canonical,
    CanonicalLine,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalReceiver,
    CanonicalRefund,
    HoldCode,
    LineRefund,
    OrderState,
    RefundKind,
    RefundStatus,
)

PLATFORM = "standard"
_Word = TypeVar("_Word", bound=StrEnum)
_TYPE_STATES = {"order.paid": OrderState.PAID, "order.cancelled": OrderState.CANCELLED}


def read(body: bytes, context: Mapping[str, str]) -> list[Canonical]:
    """The events in `body` (one, or a list of them). Codes of Unreadable: those of `reading`, `type_missing`,
    `order_no_missing`, `refund_no_missing`, `bad_amount`, `bad_quantity`, `bad_state`, `bad_lines`."""
    parsed = reading.parse(body)
    found = rows(parsed.value)
    if not found:
        return [CanonicalNothing(PLATFORM, "", (*parsed.warnings, NOT_AN_ORDER))]
    currency = context.get("currency", "")
    return each(PLATFORM, found, lambda row: _read_one(row, currency, Notes(*parsed.warnings)))


def _read_one(event: Row, currency: str, notes: Notes) -> Canonical:
    kind, data = text(event.get("type")), mapping(event.get("data"))
    if not kind and "order_no" in event and "lines" in event:
        notes.add("type_missing", "read as an order")
        kind, data = "order.updated", event
    if not kind:
        reading.refuse("type_missing", "the event has no type")
    sent_at = moment(event, "timestamp", notes)
    if kind.startswith("order."):
        return read_order(kind, data, sent_at, currency, notes)
    if kind.startswith("refund."):
        return _read_refund(data, sent_at, currency, notes)
    notes.add("not_an_order", kind[:60])
    return CanonicalNothing(PLATFORM, kind[:60], notes.all(), text(data.get("order_no")))


def read_order(kind: str, data: Row, sent_at: datetime | None, currency: str, notes: Notes) -> CanonicalOrder:
    """One order event; `state` in the data wins over what the type implies."""
    order_no = text(data.get("order_no"))
    if not order_no:
        reading.refuse("order_no_missing", "the order has no order_no")
    paid_minor, paid_at = _minor(data, "paid_minor"), moment(data, "paid_at", notes)
    implied = OrderState.PAID if paid_at or paid_minor else OrderState.PENDING
    state = _one_of(OrderState, data.get("state") or data.get("status"), _TYPE_STATES.get(kind, implied))
    if paid_minor is None and state is OrderState.PENDING:
        paid_minor = 0
    lines = _read_lines(data, notes)
    receiver = _read_receiver(mapping(data.get("receiver")))
    freight, cod = _minor(data, "freight_minor") or 0, flag(data.get("cod"))
    goods = sum(line.net_minor for line in lines)
    if lines and paid_minor and state is OrderState.PAID and goods + freight != paid_minor:
        notes.add("money_inconsistent", f"lines and freight come to {goods + freight}, paid {paid_minor}")
    test = flag(data.get("test"))
    says = HoldCode.TEST_ORDER if test else ""
    hold = hold_for(state, lines, receiver, notes, platform_says=says, cod=cod)
    note_missing_skus(lines, notes)
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=order_no,
        state=state,
        currency=first(data, "currency", "shop_currency") or currency or "CNY",
        lines=lines,
        receiver=receiver,
        created_at=moment(data, "created_at", notes),
        modified_at=moment(data, "modified_at", notes) or moment(data, "updated_at", notes) or sent_at,
        paid_at=paid_at,
        paid_minor=paid_minor,
        freight_minor=freight,
        shippable=not hold,
        hold_code=hold,
        buyer_id=text(data.get("buyer_id")),
        client_ip=text(data.get("client_ip")),
        device=text(data.get("device")),
        buyer_note=text(data.get("buyer_note")),
        seller_note=text(data.get("seller_note")),
        test=test,
        cod=cod,
        partial="lines" not in data,
        warnings=notes.all(),
    )


def _read_lines(data: Row, notes: Notes) -> tuple[CanonicalLine, ...]:
    given = data.get("lines")
    if given is not None and not (isinstance(given, list) and all(isinstance(row, dict) for row in given)):
        reading.refuse("bad_lines", "lines is not a list of objects")
    items = rows(given)
    ids = [first(item, "line_id", "id") or str(index) for index, item in enumerate(items, start=1)]
    if len(set(ids)) != len(ids):
        reading.refuse("bad_lines", "two lines have the same line_id")
    counts = [
        quantity(item.get("qty", item.get("quantity")), notes, line) for item, line in zip(items, ids, strict=True)
    ]
    prices = [_minor(item, "unit_price_minor") for item in items]
    nets = [_minor(item, "net_minor") for item in items]
    full = [
        net if net is not None else (price or 0) * count for net, price, count in zip(nets, prices, counts, strict=True)
    ]
    discount = _minor(data, "discount_minor") or 0
    if discount and discount <= sum(full):
        shares = apportion(discount, full, ids)
        full = [net - share for net, share in zip(full, shares, strict=True)]
    return tuple(
        CanonicalLine(
            line_id=line_id,
            sku=text(item.get("sku")),
            listing_id=text(item.get("listing_id")),
            title=text(item.get("title")),
            qty=count,
            unit_price_minor=price if price is not None else net // count,
            net_minor=net,
            refund=_one_of(LineRefund, item.get("refund"), LineRefund.NONE),
            requires_shipping=item.get("requires_shipping") is not False,
        )
        for item, line_id, count, price, net in zip(items, ids, counts, prices, full, strict=True)
        if count
    )


def _read_receiver(row: Row) -> CanonicalReceiver | None:
    part = {name: text(row.get(name)) for name in CanonicalReceiver.__dataclass_fields__ if name != "masked"}
    if not any(part.values()):
        return None
    masked = "*" in part["name"] + part["phone"] + part["detail"]
    return CanonicalReceiver(**{**part, "country": part["country"] or "CN"}, masked=masked)


def _read_refund(data: Row, sent_at: datetime | None, currency: str, notes: Notes) -> CanonicalRefund:
    for name in ("order_no", "refund_no"):
        if not text(data.get(name)):
            reading.refuse(f"{name}_missing", f"the refund has no {name}")
    return CanonicalRefund(
        platform=PLATFORM,
        refund_no=text(data["refund_no"]),
        order_no=text(data["order_no"]),
        line_id=text(data.get("line_id")),
        kind=_one_of(RefundKind, data.get("kind"), RefundKind.REFUND_ONLY),
        status=_one_of(RefundStatus, data.get("status"), RefundStatus.REQUESTED),
        amount_minor=_minor(data, "amount_minor") or 0,
        currency=text(data.get("currency")) or currency or "CNY",
        qty=quantity(data["qty"], notes, "of the refund") if "qty" in data else 0,
        reason=text(data.get("reason")),
        return_waybill_no=text(data.get("return_waybill_no")),
        return_carrier=text(data.get("return_carrier")),
        modified_at=moment(data, "modified_at", notes) or sent_at,
        warnings=notes.all(),
    )


def _minor(row: Row, name: str) -> int | None:
    """A whole, non-negative number of minor units, None when absent; raises Unreadable `bad_amount`."""
    value: Any = row.get(name)
    if value is None:
        return None
    raw = text(value)
    if not raw.isdecimal() or not raw.isascii() or len(raw) > len(str(MAX_MINOR)):
        reading.refuse("bad_amount", f"{name} is not a whole number of minor units")
    return int(raw)


def _one_of(choices: type[_Word], value: object, default: _Word) -> _Word:
    """The member `value` names, `default` for none; raises Unreadable `bad_state` for a word we do not know."""
    word = text(value).lower()
    if not word:
        return default
    if word not in list(choices):
        reading.refuse("bad_state", f"{word[:40]!r} is none of {', '.join(choices)}")
    return choices(word)
