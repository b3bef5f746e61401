"""Shopify REST Admin bodies to canonical messages: orders, lists of orders, checkouts, draft orders, refunds.

The order's identity is its `id`, the only number refunds and fulfilments carry; "#1001" is `display_no`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from integrations.channels import reading
from integrations.channels.fields import (
    Notes,
    Row,
    amount,
    each,
    first,
    flag,
    hidden,
    mapping,
    moment,
    quantity,
    rows,
    text,
)
from integrations.channels.orders import NOT_AN_ORDER, hold_for, note_missing_skus
from integrations.channels.shopify import money
from integrations.channels.shopify.refunds import read_refund
from oms.domain.canonical import (
    Canonical,
    CanonicalHint,
    CanonicalLine,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalReceiver,
    HoldCode,
    OrderState,
)

PLATFORM = "shopify"
_STATES = {
    "pending": OrderState.PENDING,
    "authorized": OrderState.PENDING,
    "partially_paid": OrderState.PENDING,
    "expired": OrderState.CANCELLED,
    "voided": OrderState.CANCELLED,
    "paid": OrderState.PAID,
    "partially_refunded": OrderState.PARTIALLY_REFUNDED,
    "refunded": OrderState.REFUNDED,
}
_FULFILMENT: dict[str, HoldCode | str] = {
    "": "",
    "unfulfilled": "",
    "partial": HoldCode.PARTLY_SHIPPED,
    "fulfilled": HoldCode.ALREADY_SHIPPED,
    "restocked": HoldCode.CANCELLED,
}
_SINGLE = ("order", "draft_order", "checkout", "refund", "fulfillment", "fulfillment_event", "order_edit")
_LISTS = ("orders", "draft_orders", "checkouts", "refunds", "fulfillments", "fulfillment_events", "order_edits")
_PICK_UP = re.compile(r"\bpick[ _-]?up\b|自提|到店", re.IGNORECASE)
_COD = re.compile(r"cash on delivery|\bcod\b|货到付款", re.IGNORECASE)
_FROM_CART = ("checkouts", "draft_orders")


def read(body: bytes, context: Mapping[str, str]) -> list[Canonical]:
    """Everything in `body`; `context["topic"]` (X-Shopify-Topic) settles what a bare object is, its shape does
    otherwise. Codes of Unreadable: those of `reading`, `order_no_missing`, `bad_amount`, `bad_quantity`."""
    parsed = reading.parse(body)
    found = list(_unwrap(parsed.value, context.get("topic", "")))
    if not found:
        return [CanonicalNothing(PLATFORM, context.get("topic", ""), (*parsed.warnings, NOT_AN_ORDER))]
    kinds = {id(row): kind for kind, row in found}
    currency = context.get("currency", "")  # the shop's, for bodies that do not say
    return each(
        PLATFORM,
        [row for _, row in found],
        lambda row: _read_one(kinds[id(row)], row, currency, Notes(*parsed.warnings)),
    )


def _unwrap(value: Any, topic: str) -> Iterator[tuple[str, Row]]:
    if isinstance(value, list):
        for entry in value:
            yield from _unwrap(entry, topic)
        return
    node = mapping(value)
    if payload := mapping(mapping(node.get("detail")).get("payload")):  # as Amazon EventBridge delivers it
        sent = mapping(mapping(node["detail"]).get("metadata"))
        yield from _unwrap(payload, text(sent.get("X-Shopify-Topic")) or topic)
        return
    wrapped = False
    for single, many in zip(_SINGLE, _LISTS, strict=True):
        if isinstance(node.get(single), dict) and "id" not in node:
            wrapped = True
            # `transactions` may stand beside the order
            beside = {"transactions": node["transactions"]} if "transactions" in node else {}
            yield many, {**beside, **node[single]}
        if many in node and "id" not in node:
            wrapped = True
            for row in rows(node[many]):
                yield many, row
    if not wrapped and (kind := _kind(node, topic)):
        yield kind, node


def _kind(node: Row, topic: str) -> str:
    """What a bare object is."""
    family, _, verb = topic.partition("/")
    if family == "orders" and verb == "delete":
        return "deleted"
    if family in _LISTS:
        return family
    if "refund_line_items" in node:
        return "refunds"
    if "fulfillment_id" in node:
        return "fulfillment_events"
    if "order_id" in node and ("tracking_number" in node or "tracking_numbers" in node):
        return "fulfillments"
    if "abandoned_checkout_url" in node:
        return "checkouts"
    if "invoice_url" in node and "line_items" in node:
        return "draft_orders"
    orderly = {"line_items", "financial_status", "order_number", "total_price"} & node.keys()
    return "orders" if orderly else ""


def _read_one(kind: str, row: Row, currency: str, notes: Notes) -> Canonical:
    if kind == "deleted":
        return CanonicalHint(PLATFORM, "orders/delete", text(row.get("id")))
    if kind == "order_edits":
        return _read_edit(row)
    if kind == "refunds":
        return read_refund(row, currency, notes)
    if kind in ("fulfillments", "fulfillment_events"):
        notes.add("not_an_order", kind)
        return CanonicalNothing(PLATFORM, kind, notes.all(), text(row.get("order_id")))
    return read_order(row, kind, currency, notes)


def _read_edit(row: Row) -> CanonicalHint:
    """`orders/edited` says what was added and taken out, but of the order itself only its id."""
    if not text(row.get("order_id")):
        reading.refuse("order_no_missing", "the edit names no order")
    return CanonicalHint(PLATFORM, "orders/edited", text(row["order_id"]))


def read_order(order: Row, kind: str, default_currency: str, notes: Notes) -> CanonicalOrder:
    """One order, or a checkout or draft order (`kind`), which is marked as a draft."""
    order_no = text(order.get("id")).removeprefix("gid://shopify/Order/")
    if not order_no:
        reading.refuse("order_no_missing", "the order has no id")
    draft = kind in _FROM_CART
    currency = first(order, "currency") or default_currency
    if not currency:
        notes.add("currency_missing")
    if draft:
        notes.add("not_an_order", kind)
    status = "" if draft else text(order.get("financial_status"))
    cod = _is_cod(order)
    state = _state(order, status, draft, notes)
    all_gone = state in (OrderState.CANCELLED, OrderState.REFUNDED)
    lines, bought = _read_lines(order, currency, all_gone, notes)
    shipping = money.freight(order, currency)
    adjustments = money.adjustments(order, currency)
    apart = sum(part.amount_minor for part in adjustments)
    money.note_totals(order, sum(bought), shipping, apart, currency, notes)
    receiver = _read_receiver(mapping(order.get("shipping_address")))
    says = HoldCode.DRAFT if draft else _platform_says(order, status, notes)
    if not says and receiver is None and _is_fetched(order):
        says = HoldCode.NOTHING_TO_SHIP
    hold = hold_for(state, lines, receiver, notes, platform_says=says, cod=cod and status == "pending")
    note_missing_skus(lines, notes)
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=order_no,
        state=state,
        currency=currency,
        lines=lines,
        receiver=receiver,
        created_at=moment(order, "created_at", notes),
        modified_at=moment(order, "updated_at", notes),
        paid_at=moment(order, "processed_at", notes) if status in money.RECEIVED else None,
        paid_minor=money.received(order, status, currency, notes),
        freight_minor=shipping,
        shippable=not hold,
        hold_code=hold,
        buyer_id=text(mapping(order.get("customer")).get("id")),
        client_ip=text(order.get("browser_ip")),
        device=_device(mapping(order.get("client_details"))),
        buyer_note=text(order.get("note")),
        test=flag(order.get("test")),
        cod=cod,
        draft=draft,
        adjustments=adjustments,
        partial=order.get("line_items") is None,
        display_no=text(order.get("name")),
        warnings=notes.all(),
    )


def _device(client: Row) -> str:
    """Shopify's `client_details`: its session hash, or what the browser said of itself when that tells enough (a user
    agent alone is shared by thousands)."""
    said = [text(client.get(name)) for name in ("user_agent", "accept_language", "browser_width", "browser_height")]
    return text(client.get("session_hash")) or ("\x1f".join(said) if all(said) else "")


def _state(order: Row, status: str, draft: bool, notes: Notes) -> OrderState:
    if draft:
        return OrderState.PENDING
    if status not in _STATES:
        notes.add("unknown_status", status or "no financial status")
    state = _STATES.get(status, OrderState.PENDING)
    cancelled = bool(text(order.get("cancelled_at")))
    return OrderState.CANCELLED if cancelled and state is not OrderState.REFUNDED else state


def _platform_says(order: Row, status: str, notes: Notes) -> HoldCode | str:
    if flag(order.get("test")):
        notes.add("test_order")
        return HoldCode.TEST_ORDER
    if status not in _STATES:
        return HoldCode.UNKNOWN_STATE
    fulfilment = text(order.get("fulfillment_status"))
    if fulfilment not in _FULFILMENT:
        notes.add("unknown_status", f"fulfilment {fulfilment}")
        return HoldCode.UNKNOWN_STATE
    hold = _FULFILMENT[fulfilment]
    if not hold and status == "partially_refunded" and not _tells_units(order):
        notes.add("refund_unclear", "the order does not say which units were refunded")
        return HoldCode.REFUND_UNCLEAR
    return hold


def _tells_units(order: Row) -> bool:
    return "refunds" in order or any("current_quantity" in item for item in rows(order.get("line_items")))


def _is_fetched(order: Row) -> bool:
    """Whether the buyer comes for it. Parcels to a pick-up point have an address; these have none."""
    ways = rows(order.get("shipping_lines"))
    said = [" ".join(text(way.get(name)) for name in ("delivery_category", "code", "title")) for way in ways]
    return bool(said) and all(_PICK_UP.search(way) for way in said)


def _is_cod(order: Row) -> bool:
    gateways = order.get("payment_gateway_names")
    names = [text(name) for name in gateways] if isinstance(gateways, list) else [text(order.get("gateway"))]
    return bool(names) and all(_COD.search(name) for name in names)


def _read_lines(order: Row, currency: str, all_gone: bool, notes: Notes) -> tuple[tuple[CanonicalLine, ...], list[int]]:
    """The lines still wanted, and the nets of everything first bought. An order that is off as a whole keeps its
    lines as they were bought: they say what it was about."""
    items = rows(order.get("line_items"))
    ids = [text(item.get("id")) or str(index) for index, item in enumerate(items, start=1)]
    counts = [quantity(item.get("quantity"), notes, line) for item, line in zip(items, ids, strict=True)]
    nets = money.bought_nets(order, items, counts, ids, currency, notes)
    refunded = _refunded_units(order, notes)
    lines = []
    for item, line_id, count, net in zip(items, ids, counts, nets, strict=True):
        wanted = count if all_gone else _wanted(item, line_id, count, refunded, notes)
        if wanted:
            lines.append(_read_line(item, line_id, wanted, money.wanted_net(net, count, wanted), currency))
    return tuple(lines), nets


def _wanted(item: Row, line_id: str, count: int, refunded: Mapping[str, int], notes: Notes) -> int:
    """Units left after edits and refunds: `current_quantity`, or before 2023 the quantity less what was refunded."""
    if item.get("current_quantity") is not None:
        wanted = min(count, quantity(item["current_quantity"], notes, line_id))
    else:
        wanted = max(0, count - refunded.get(line_id, 0))
    if wanted < count:
        notes.add("line_reduced", f"line {line_id}: {wanted} of {count} still wanted")
    return wanted


def _refunded_units(order: Row, notes: Notes) -> dict[str, int]:
    units: dict[str, int] = {}
    for refund in rows(order.get("refunds")):
        for row in rows(refund.get("refund_line_items")):
            line_id = text(row.get("line_item_id"))
            units[line_id] = units.get(line_id, 0) + quantity(row.get("quantity"), notes, line_id)
    return units


def _read_line(item: Row, line_id: str, qty: int, net: int, currency: str) -> CanonicalLine:
    variant = text(item.get("variant_title"))
    title = text(item.get("title"))
    return CanonicalLine(
        line_id=line_id,
        sku=text(item.get("sku")),
        listing_id=first(item, "variant_id", "product_id"),
        title=f"{title} - {variant}" if variant else title,
        qty=qty,
        unit_price_minor=amount(item, "price", currency) or money.shop_amount(item, "price", currency) or 0,
        net_minor=net,
        requires_shipping=item.get("requires_shipping") is not False and item.get("gift_card") is not True,
    )


def _read_receiver(address: Row) -> CanonicalReceiver | None:
    name = first(address, "name") or f"{text(address.get('first_name'))} {text(address.get('last_name'))}".strip()
    detail = " ".join(part for part in (text(address.get("address1")), text(address.get("address2"))) if part)
    country = first(address, "country_code", "country")
    province, city = first(address, "province", "province_code"), text(address.get("city"))
    if not any((name, detail, country, province, city)):
        return None
    return CanonicalReceiver(
        name=name,
        phone=text(address.get("phone")),
        country=country,
        province=province,
        city=city,
        detail=detail,
        zip=text(address.get("zip")),
        masked=hidden(name, detail, text(address.get("phone"))),
    )
