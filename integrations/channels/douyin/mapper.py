"""Douyin (抖店) bodies to canonical messages: `order.orderDetail`, `order.searchList`, rows of the push database
(`ddp_response`), after-sales lists, and the message service's hints. Times are epoch seconds, money is fen."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.douyin import words
from integrations.channels.douyin.money import CURRENCY, fen, line_nets
from integrations.channels.fields import CHINA, Notes, Row, each, first, hidden, mapping, moment, quantity, rows, text
from integrations.channels.orders import NOT_AN_ORDER, hold_for, note_missing_skus
from oms.domain.canonical import (
    Canonical,
    CanonicalHint,
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

PLATFORM = "douyin"
_GOOD = ("", "0", "10000")
_OPEN = (RefundStatus.REQUESTED, RefundStatus.APPROVED)


def read(body: bytes, context: Mapping[str, str]) -> list[Canonical]:
    """Every order, after-sales form or hint in `body`. Codes of Unreadable: those of `reading`, `order_no_missing`,
    `bad_amount`, `bad_quantity`, `platform_error` (the body is an error answer)."""
    parsed = reading.parse(body)
    found = list(_unwrap(parsed.value))
    if not found:
        return [CanonicalNothing(PLATFORM, context.get("topic", ""), (*parsed.warnings, NOT_AN_ORDER))]
    return each(PLATFORM, found, lambda row: _read_one(row, Notes(*parsed.warnings)))


def _read_one(row: Row, notes: Notes) -> Canonical:
    if "tag" in row:
        return _read_hint(row)
    return _read_refund(row, notes) if "aftersale_info" in row else read_order(row, notes)


def _unwrap(value: Any) -> Iterator[Row]:
    if isinstance(value, list):
        for entry in value:
            yield from _unwrap(entry)
        return
    node = mapping(value)
    if "code" in node and text(node["code"]) not in _GOOD:
        raise Unreadable(f"Douyin answered with error {text(node['code'])}", code="platform_error")
    if "ddp_response" in node:
        stored = node["ddp_response"]
        yield from _unwrap(reading.parse(stored.encode()).value if isinstance(stored, str) else stored)
    elif {"tag", "msg_id"} <= node.keys():
        if text(node["tag"]) != "0":  # 0: the platform tries the address it was given
            yield node
    elif "aftersale_info" in node or "sku_order_list" in node or "order_status" in node:
        yield node
    elif "data" in node:
        yield from _unwrap(node["data"])
    else:
        for name in ("shop_order_detail", "shop_order_list", "items"):
            yield from rows(node.get(name))


def _read_hint(row: Row) -> CanonicalHint:
    """A message of the message service: `data` is JSON text holding little more than ids."""
    data = row.get("data")
    ids = mapping(reading.parse(data.encode()).value if isinstance(data, str) else data)
    order_no = first(ids, "p_id", "order_id")
    if not order_no:
        reading.refuse("order_no_missing", "the message names no order")
    return CanonicalHint(PLATFORM, text(row["tag"]), order_no, first(ids, "aftersale_id"))


def read_order(order: Row, notes: Notes) -> CanonicalOrder:
    """One shop order (店铺订单) with its sub-orders."""
    order_no = text(order.get("order_id"))
    if not order_no:
        reading.refuse("order_no_missing", "the order has no order_id")
    paid_at = moment(order, "pay_time", notes, CHINA)
    lines = _read_lines(order, notes)
    cod = text(order.get("pay_type")) == words.PAY_COD and paid_at is None
    state, hold = _state(order, lines, paid_at is not None, notes)
    if cod and state is OrderState.PAID:
        state = OrderState.PENDING
    receiver = _read_receiver(order)
    hold = hold_for(state, lines, receiver, notes, platform_says=hold, cod=cod)
    note_missing_skus(lines, notes)
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=order_no,
        state=state,
        currency=CURRENCY,
        lines=lines,
        receiver=receiver,
        created_at=moment(order, "create_time", notes, CHINA),
        modified_at=moment(order, "update_time", notes, CHINA),
        paid_at=paid_at,
        paid_minor=_paid(order, state, paid_at is not None),
        freight_minor=fen(order, "post_amount") or 0,
        shippable=not hold,
        hold_code=hold,
        buyer_id=first(order, "doudian_open_id", "open_id"),
        buyer_note=text(order.get("buyer_words")),
        seller_note=text(order.get("seller_words")),
        seller_flag=fen(order, "seller_remark_stars") or 0,
        cod=cod,
        partial=order.get("sku_order_list") is None,
        warnings=notes.all(),
    )


def _state(order: Row, lines: tuple[CanonicalLine, ...], paid: bool, notes: Notes) -> tuple[OrderState, HoldCode | str]:
    status = first(order, "main_status", "order_status")
    if status not in words.STATUS:
        notes.add("unknown_status", status or "none given")
        return (OrderState.PAID if paid else OrderState.PENDING), HoldCode.UNKNOWN_STATE
    state, hold = words.STATUS[status]
    if state is OrderState.PAID and lines:
        gone = [line.refund is LineRefund.REFUNDED for line in lines]
        state = OrderState.REFUNDED if all(gone) else OrderState.PARTIALLY_REFUNDED if any(gone) else state
    virtual = text(order.get("order_type")) in words.VIRTUAL_TYPES
    return state, hold or (HoldCode.NOTHING_TO_SHIP if virtual else "")


def _paid(order: Row, state: OrderState, paid: bool) -> int | None:
    """Money received before refunds. Half-paid pre-sales do not say how much the first step was."""
    if state is OrderState.PENDING:
        return None if first(order, "main_status") == "103" else 0
    return fen(order, "pay_amount") if paid or state is not OrderState.CANCELLED else 0


def _read_lines(order: Row, notes: Notes) -> tuple[CanonicalLine, ...]:
    items = rows(order.get("sku_order_list"))
    ids = [text(item.get("order_id")) or str(index) for index, item in enumerate(items, start=1)]
    counts = [quantity(item.get("item_num"), notes, line) for item, line in zip(items, ids, strict=True)]
    nets = line_nets(order, items, counts, ids, notes)
    found = zip(items, ids, counts, nets, strict=True)
    return tuple(_read_line(item, line_id, count, net, notes) for item, line_id, count, net in found if count)


def _read_line(item: Row, line_id: str, count: int, net: int, notes: Notes) -> CanonicalLine:
    if rows(item.get("bundle_sku_info")):
        notes.add("bundle_whole", f"line {line_id} is a combination; the catalogue knows its parts")
    asked = words.AFTERSALE.get(text(mapping(item.get("after_sale_info")).get("after_sale_status")))
    refund = LineRefund.REQUESTED if asked in _OPEN else LineRefund.NONE
    if asked is RefundStatus.SUCCEEDED:
        if first(item, "main_status", "order_status") in words.SHIPPED:
            notes.add("line_part_refunded", f"line {line_id}")
        else:
            refund = LineRefund.REFUNDED
            notes.add("line_refunded", f"line {line_id}")
    return CanonicalLine(
        line_id=line_id,
        sku=first(item, "code", "out_sku_id", "out_product_id"),
        listing_id=first(item, "sku_id", "product_id"),
        title=text(item.get("product_name")),
        qty=count,
        unit_price_minor=fen(item, "origin_amount") or 0,
        net_minor=net,
        refund=refund,
        requires_shipping=text(item.get("goods_type")) != "1",
    )


def _read_receiver(order: Row) -> CanonicalReceiver | None:
    """Ciphertext where there is any (only that can be handed on), else the masked or plain text."""
    address = mapping(order.get("post_addr")) or mapping(order.get("mask_post_addr"))
    province, city, district, town = (
        text(mapping(address.get(level)).get("name")) for level in ("province", "city", "town", "street")
    )
    name = first(order, "encrypt_post_receiver", "post_receiver", "mask_post_receiver")
    phone = first(order, "encrypt_post_tel", "post_tel", "mask_post_tel")
    detail = first(address, "encrypt_detail", "detail")
    if not any((name, phone, detail, province, city)):
        return None
    return CanonicalReceiver(
        name=name,
        phone=phone,
        province=province,
        city=province if city == "市辖区" else city,  # the municipalities' only city has no name of its own
        district=district,
        town=town,
        detail=detail,
        oaid=text(order.get("open_address_id")),
        masked=hidden(name, phone, detail),
    )


def _read_refund(row: Row, notes: Notes) -> CanonicalRefund:
    """One form of `afterSale.List`, over one sub-order."""
    form, told = mapping(row["aftersale_info"]), mapping(row.get("order_info"))
    order_no = text(told.get("shop_order_id"))
    if not order_no:
        reading.refuse("order_no_missing", "the form names no order")
    status = text(form.get("aftersale_status"))
    if status not in words.AFTERSALE:
        notes.add("unknown_status", status or "none given")
    lines = rows(told.get("related_order_info"))
    only = lines[0] if len(lines) == 1 else {}
    line_id = text(only.get("sku_order_id"))
    return CanonicalRefund(
        platform=PLATFORM,
        refund_no=text(form.get("aftersale_id")),
        order_no=order_no,
        line_id=line_id,
        kind=words.AFTERSALE_KIND.get(text(form.get("aftersale_type")), RefundKind.REFUND_ONLY),
        status=words.AFTERSALE.get(status, RefundStatus.REQUESTED),
        amount_minor=fen(form, "refund_amount") or 0,
        currency=CURRENCY,
        qty=quantity(only["aftersale_item_num"], notes, line_id) if "aftersale_item_num" in only else 0,
        reason=text(form.get("reason")),
        modified_at=moment(form, "update_time", notes, CHINA),
        warnings=notes.all(),
    )
