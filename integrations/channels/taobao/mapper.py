"""Taobao / Tmall bodies to canonical messages.

Reads `trade_fullinfo_get_response`, `trades_sold_get_response` and its relatives, rows of the RDS push tables
(`jdp_response`), refund objects, TMC messages, and bare trades as relays send them. Times are GMT+8, money is yuan.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from core.errors import Unreadable
from integrations.channels import reading
from integrations.channels.fields import (
    CHINA,
    Notes,
    Row,
    amount,
    each,
    first,
    flag,
    hidden,
    mapping,
    moment,
    owed,
    quantity,
    rows,
    text,
)
from integrations.channels.orders import NOT_AN_ORDER, hold_for, note_missing_skus
from integrations.channels.taobao import words
from integrations.channels.taobao.money import CURRENCY, Reckoning, reckon
from integrations.channels.taobao.refunds import read_refund
from oms.domain.canonical import (
    Canonical,
    CanonicalHint,
    CanonicalLine,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalReceiver,
    HoldCode,
    LineRefund,
    OrderState,
)

PLATFORM = "taobao"
_WRAPPERS = ("data", "result", "response", "request", "content", "body")  # of relays


def read(body: bytes, context: Mapping[str, str]) -> list[Canonical]:
    """Every trade, refund or hint in `body`. Codes of Unreadable: those of `reading`, `order_no_missing`,
    `bad_amount`, `bad_quantity`, `platform_error` (the body is TOP's error answer)."""
    parsed = reading.parse(body)
    found = list(_unwrap(parsed.value))
    if not found:
        return [CanonicalNothing(PLATFORM, context.get("topic", ""), (*parsed.warnings, NOT_AN_ORDER))]
    return each(PLATFORM, found, lambda row: _read_one(row, Notes(*parsed.warnings)))


def _read_one(row: Row, notes: Notes) -> Canonical:
    if "topic" in row and "content" in row:
        return _read_hint(row)
    return read_refund(row, notes) if _is_refund(row) else read_trade(row, notes)


def _is_refund(row: Row) -> bool:
    return bool(text(row.get("refund_id"))) and "orders" not in row


def _unwrap(value: Any) -> Iterator[Row]:
    """The trades, refunds and messages inside any envelope TOP or a relay puts around them."""
    if isinstance(value, list):
        for entry in value:
            yield from _unwrap(entry)
        return
    node = mapping(value)
    if error := mapping(node.get("error_response")):
        raise Unreadable(f"Taobao answered with error {first(error, 'code', 'sub_code')}", code="platform_error")
    if "jdp_response" in node:
        yield from _unwrap_row(node)
    elif {"topic", "content"} <= node.keys() or "orders" in node or text(node.get("tid")) or _is_refund(node):
        yield node
    else:
        for name, child in (("trade", ""), ("trades", "trade"), ("refund", ""), ("refunds", "refund")):
            yield from (row for row in rows(node.get(name), child))
        for row in rows(node.get("messages"), "tmc_message"):
            yield from _unwrap(row)
        for name, inner in node.items():
            if name.endswith("_response") or name in _WRAPPERS:
                yield from _unwrap(inner)


def _unwrap_row(node: Row) -> Iterator[Row]:
    """A row of the push tables: its answer, or the few columns it has until that is filled in."""
    stored = node["jdp_response"]
    if text(stored) or mapping(stored):
        yield from _unwrap(reading.parse(stored.encode()).value if isinstance(stored, str) else stored)
    elif text(node.get("tid")):
        yield {"topic": "jdp", "content": {name: node.get(name) for name in ("tid", "refund_id")}}


def _read_hint(row: Row) -> CanonicalHint:
    """A TMC message: `content` is JSON text holding only ids."""
    content = row["content"]
    ids = mapping(reading.parse(content.encode()).value if isinstance(content, str) else content)
    order_no = first(ids, "tid")
    if not order_no:
        reading.refuse("order_no_missing", "the message names no trade")
    return CanonicalHint(PLATFORM, text(row["topic"]), order_no, first(ids, "refund_id"))


def read_trade(trade: Row, notes: Notes) -> CanonicalOrder:
    """One trade (主订单) with its sub-orders."""
    order_no = _trade_no(trade, notes)
    status = text(trade.get("status"))
    lines, money = _read_lines(trade, status, notes)
    paid_at = moment(trade, "pay_time", notes, CHINA)
    cod = _type(trade) == "cod"
    state, hold = _state(trade, status, lines, paid_at is not None, notes)
    hold = hold or _lines_hold(trade)
    if cod and state is OrderState.PAID and paid_at is None and status not in words.COD_DELIVERED:
        state = OrderState.PENDING
    receiver = _read_receiver(trade, notes)
    hold = hold_for(state, lines, receiver, notes, platform_says=hold, cod=cod and bool(status))
    note_missing_skus(lines, notes)
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=order_no,
        state=state,
        currency=CURRENCY,
        lines=lines,
        receiver=receiver,
        created_at=moment(trade, "created", notes, CHINA),
        modified_at=moment(trade, "modified", notes, CHINA),
        paid_at=paid_at,
        paid_minor=_paid(trade, state, paid_at is not None),
        freight_minor=owed(trade, "post_fee", CURRENCY),
        shippable=not hold,
        hold_code=hold,
        buyer_id=first(trade, "buyer_open_uid", "buyer_nick"),
        buyer_note=text(trade.get("buyer_message")),
        seller_note=text(trade.get("seller_memo")),
        seller_flag=int(text(trade.get("seller_flag")) or 0) if text(trade.get("seller_flag")).isdecimal() else 0,
        cod=cod,
        adjustments=money.adjustments,
        partial=trade.get("orders") is None,
        warnings=notes.all(),
    )


def _trade_no(trade: Row, notes: Notes) -> str:
    """`tid_str` first: on its way through JavaScript the number `tid` loses its last digits."""
    given = text(trade.get("tid_str")), text(trade.get("tid"))
    if not any(given):
        reading.refuse("order_no_missing", "the trade has no tid")
    if all(given) and given[0] != given[1]:
        notes.add("order_no_contradicts", f"tid says {given[1]}, tid_str is taken")
    return given[0] or given[1]


def _type(trade: Row) -> str:
    """The trade's type; relays hand on the documentation's form too, `fixed(一口价)`."""
    return text(trade.get("type")).partition("(")[0]


def _state(
    trade: Row, status: str, lines: tuple[CanonicalLine, ...], paid: bool, notes: Notes
) -> tuple[OrderState, HoldCode | str]:
    if status not in words.STATUS:
        notes.add("unknown_status", status or "none given")
        return (OrderState.PAID if paid else OrderState.PENDING), HoldCode.UNKNOWN_STATE
    state, hold = words.STATUS[status]
    if state is OrderState.REFUNDED and not paid and not any(line.refund is LineRefund.REFUNDED for line in lines):
        return OrderState.CANCELLED, HoldCode.CANCELLED
    step = text(trade.get("step_trade_status"))
    if step and step != "FRONT_PAID_FINAL_PAID" and state in (OrderState.PAID, OrderState.PENDING):
        return OrderState.PENDING, HoldCode.PRESALE_BALANCE_UNPAID if "FRONT_PAID" in step else HoldCode.UNPAID
    if state is OrderState.PAID and lines:
        gone = all(line.refund is LineRefund.REFUNDED for line in lines)
        back = [text(order.get("refund_status")) == "SUCCESS" for order in rows(trade.get("orders"), "order")]
        touched = any(back) or any(line.refund is LineRefund.REFUNDED for line in lines)
        state = OrderState.REFUNDED if gone else OrderState.PARTIALLY_REFUNDED if touched else state
    return state, hold or _platform_hold(trade)


def _platform_hold(trade: Row) -> HoldCode | str:
    """Flags beside the status: shipping hidden, forbidden or intercepted, the ERP hold, goods without a parcel."""
    if any(flag(trade.get(name)) for name in ("is_sh_ship", "forbid_consign", "top_hold")):
        return HoldCode.PLATFORM_HOLD
    if '"erpHold":"1"' in text(trade.get("trade_attr")).replace(" ", ""):
        return HoldCode.PLATFORM_HOLD
    if flag(trade.get("is_force_wlb")):
        return HoldCode.PLATFORM_FULFILS
    virtual = text(trade.get("shipping_type")) in words.VIRTUAL_SHIPPING or flag(trade.get("no_shipping"))
    fetched = flag(trade.get("shop_pick")) or text(trade.get("o2o_delivery")) == words.IN_SHOP
    nothing = virtual or fetched or _type(trade) in words.VIRTUAL_TYPES
    return HoldCode.NOTHING_TO_SHIP if nothing else ""


def _lines_hold(trade: Row) -> HoldCode | str:
    """What single sub-orders say beside a trade that seems free to go."""
    states = {text(order.get("status")) for order in rows(trade.get("orders"), "order")}
    if "PAID_FORBID_CONSIGN" in states:
        return HoldCode.PLATFORM_HOLD
    partly = flag(trade.get("is_part_consign")) or states & set(words.SHIPPED_LINE)
    return HoldCode.PARTLY_SHIPPED if partly else ""


def _paid(trade: Row, state: OrderState, pay_time: bool) -> int | None:
    """Money received before refunds: `payment`, the deposit of a half-paid pre-sale, or nothing yet."""
    payment = amount(trade, "payment", CURRENCY)
    if state is OrderState.PENDING:
        step = text(trade.get("step_trade_status"))
        if step == "FRONT_PAID_FINAL_NOPAID":
            return amount(trade, "step_paid_fee", CURRENCY)
        return payment if pay_time and not step else 0
    if state is OrderState.CANCELLED and not pay_time:
        return 0
    return payment


def _read_lines(trade: Row, status: str, notes: Notes) -> tuple[tuple[CanonicalLine, ...], Reckoning]:
    orders = rows(trade.get("orders"), "order")
    if status != "TRADE_CLOSED_BY_TAOBAO":
        for order in orders:
            if text(order.get("status")) == "TRADE_CLOSED_BY_TAOBAO":
                notes.add("line_closed", f"line {text(order.get('oid'))} was taken out before payment")
        orders = [order for order in orders if text(order.get("status")) != "TRADE_CLOSED_BY_TAOBAO"]
    oids = [text(order.get("oid")) or str(index) for index, order in enumerate(orders, start=1)]
    quantities = [quantity(order.get("num"), notes, oid) for order, oid in zip(orders, oids, strict=True)]
    money = reckon(trade, orders, oids, notes)
    lines = tuple(
        _read_line(order, oid, qty, net, status, notes)
        for order, oid, qty, net in zip(orders, oids, quantities, money.nets, strict=True)
        if qty
    )
    return lines, money


def _read_line(order: Row, oid: str, qty: int, net: int, trade_status: str, notes: Notes) -> CanonicalLine:
    if net < 0:
        notes.add("negative_line", f"line {oid} comes to {net}")
    asked = text(order.get("refund_status"))
    # in a trade that goes on, only a refund closes a sub-order after payment
    closed = text(order.get("status")) == "TRADE_CLOSED" != trade_status
    refund = LineRefund.REFUNDED if closed else words.LINE_REFUND.get(asked, LineRefund.NONE)
    if asked == "SELLER_REFUSE_BUYER":
        notes.add("refund_refused", f"line {oid}: the buyer may still escalate")
    if refund is LineRefund.REFUNDED:
        if text(order.get("status")) in words.SHIPPED_LINE:
            refund = LineRefund.NONE  # part of the money went back after the goods had left; the line still stands
            notes.add("line_part_refunded", f"line {oid}")
        else:
            notes.add("line_refunded", f"line {oid}")
    price = amount(order, "price", CURRENCY)
    return CanonicalLine(
        line_id=oid,
        sku=first(order, "outer_sku_id", "outer_iid"),
        listing_id=first(order, "sku_id", "num_iid"),
        title=text(order.get("title")),
        qty=qty,
        unit_price_minor=price if price is not None else net // qty if qty else 0,
        net_minor=max(0, net),
        refund=refund,
    )


def _read_receiver(trade: Row, notes: Notes) -> CanonicalReceiver | None:
    name, detail = text(trade.get("receiver_name")), text(trade.get("receiver_address"))
    phone = first(trade, "receiver_mobile", "receiver_phone")
    city, district = text(trade.get("receiver_city")), text(trade.get("receiver_district"))
    province, oaid = text(trade.get("receiver_state")), text(trade.get("oaid"))
    if not any((name, detail, phone, city, district, province, oaid)):
        return None
    masked = hidden(name, phone, detail)
    if masked and not oaid:
        notes.add("masked_without_oaid", "the label must be asked for by trade number")
    country = text(trade.get("receiver_country"))
    return CanonicalReceiver(
        name=name,
        phone=phone,
        country="CN" if country in ("", "中国", "China", "china") else country,
        province=province,
        # counties directly under a province (济源, 仙桃) come without a city: the district stands for it
        city=city or district,
        district=district,
        town=text(trade.get("receiver_town")),
        detail=detail,
        zip=text(trade.get("receiver_zip")),
        oaid=oaid,
        masked=masked,
    )
