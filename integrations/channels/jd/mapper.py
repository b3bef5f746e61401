"""JD (京东 POP) bodies to canonical messages: new camelCase and old snake_case orders, whole or partial, and refund
applications. Times are GMT+8, money is yuan, except the refund sum, which is fen."""

from collections.abc import Mapping

from integrations.channels import reading
from integrations.channels.fields import (
    CHINA,
    Notes,
    Row,
    amount,
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
from integrations.channels.jd import words
from integrations.channels.jd.envelope import is_refund, snake, unwrap
from integrations.channels.jd.money import CURRENCY, Sum, reckon
from integrations.channels.orders import NOT_AN_ORDER, hold_for, note_missing_skus
from oms.domain.canonical import (
    Canonical,
    CanonicalLine,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalReceiver,
    CanonicalRefund,
    HoldCode,
    OrderState,
    RefundKind,
    RefundStatus,
)

PLATFORM = "jd"
_MUNICIPALITIES = ("北京", "上海", "天津", "重庆")


def read(body: bytes, context: Mapping[str, str]) -> list[Canonical]:
    """Every order or refund application in `body`. Codes of Unreadable: those of `reading`, `order_no_missing`,
    `bad_amount`, `bad_quantity`, `platform_error`."""
    parsed = reading.parse(body)
    found = list(unwrap(parsed.value))
    if not found:
        return [CanonicalNothing(PLATFORM, context.get("topic", ""), (*parsed.warnings, NOT_AN_ORDER))]
    return each(PLATFORM, found, lambda row: _read_one(row, Notes(*parsed.warnings)))


def _read_one(row: Row, notes: Notes) -> Canonical:
    return _read_refund(row, notes) if is_refund(row) else read_order(row, notes)


def read_order(order: Row, notes: Notes) -> CanonicalOrder:
    """One order in snake_case (see `envelope.snake`)."""
    order_no = text(order.get("order_id"))
    if not order_no:
        reading.refuse("order_no_missing", "the order has no id")
    lines, money = _read_lines(order, notes)
    pay_type = text(order.get("pay_type"))[:1]
    cod = pay_type == words.PAY_COD
    status = text(order.get("order_state"))
    confirmed = moment(order, "payment_confirm_time", notes, CHINA)
    state, hold = _state(order, status, pay_type, notes)
    receiver = _read_receiver(mapping(order.get("consignee_info")))
    hold = hold_for(state, lines, receiver, notes, platform_says=hold, cod=cod)
    note_missing_skus(lines, notes)
    return CanonicalOrder(
        platform=PLATFORM,
        order_no=order_no,
        state=state,
        currency=CURRENCY,
        lines=lines,
        receiver=receiver,
        created_at=moment(order, "order_start_time", notes, CHINA) or moment(order, "order_create_time", notes, CHINA),
        modified_at=moment(order, "modified", notes, CHINA),
        paid_at=confirmed,
        paid_minor=_paid(state, status, money, pay_type, confirmed is not None, notes),
        freight_minor=money.freight,
        shippable=not hold,
        hold_code=hold,
        buyer_id=first(order, "pin", "xid_buyer", "open_id_buyer"),
        buyer_note=text(order.get("order_remark")),
        seller_note=text(order.get("vender_remark")),
        cod=cod,
        adjustments=money.adjustments,
        partial=order.get("item_info_list") is None,
        warnings=notes.all(),
    )


def _state(order: Row, status: str, pay_type: str, notes: Notes) -> tuple[OrderState, HoldCode | str]:
    if status not in words.STATE:
        notes.add("unknown_status", status or "none given")
        paid = moment(order, "payment_confirm_time", notes, CHINA) is not None
        return (OrderState.PAID if paid else OrderState.PENDING), HoldCode.UNKNOWN_STATE
    state, hold = words.STATE[status]
    collected = status in words.COD_COLLECTED
    if pay_type in (words.PAY_COD, words.PAY_PICK_UP) and state is OrderState.PAID and not collected:
        state = OrderState.PENDING
    if hold:
        return state, hold
    store = text(order.get("store_order"))
    if text(order.get("order_type")) == words.ORDER_TYPE_FBP or "京仓" in store or "云仓" in store:
        notes.add("platform_warehouse", store or "FBP order")
        return state, HoldCode.PLATFORM_FULFILS
    return state, HoldCode.NOTHING_TO_SHIP if pay_type == words.PAY_PICK_UP else ""


def _paid(state: OrderState, status: str, money: Sum, pay_type: str, confirmed: bool, notes: Notes) -> int | None:
    """Money received: the payable once paid; nothing while pending; unknown when the body leaves it open."""
    if confirmed or status in words.COD_COLLECTED:
        return money.payable
    if state is OrderState.CANCELLED and pay_type == words.PAY_COD:
        return 0
    if state is OrderState.CANCELLED or status not in words.STATE:
        notes.add("payment_unknown", "no payment time in the body")
        return None
    if state is OrderState.PENDING:
        return 0
    if not pay_type:
        notes.add("pay_type_missing", "taken as paid online: JD hands over nothing else but cash on delivery")
    return money.payable


def _read_lines(order: Row, notes: Notes) -> tuple[tuple[CanonicalLine, ...], Sum]:
    items = [snake(row) for row in rows(order.get("item_info_list"), "item_info")]
    sku_ids = [first(item, "sku_id", "ware_id") or str(index) for index, item in enumerate(items, start=1)]
    counts = [
        quantity(item.get("item_total", item.get("sku_num")), notes, sku_id)
        for item, sku_id in zip(items, sku_ids, strict=True)
    ]
    prices = [
        price if (price := amount(item, "jd_price", CURRENCY)) is not None else amount(item, "sku_price", CURRENCY)
        for item in items
    ]
    if None in prices:
        notes.add("price_missing")
    gross = [(price or 0) * count for price, count in zip(prices, counts, strict=True)]
    stated = amount(order, "order_total_price", CURRENCY)
    if items and stated is not None and stated != sum(gross):
        notes.add("total_differs", f"the lines come to {sum(gross)}, the order says {stated}")
    money = reckon(order, gross, sku_ids, notes)
    return tuple(
        CanonicalLine(
            line_id=f"{sku_id}" if sku_ids.count(sku_id) == 1 else f"{sku_id}#{index}",
            sku=text(item.get("outer_sku_id")),
            listing_id=first(item, "sku_id", "ware_id"),
            title=text(item.get("sku_name")),
            qty=count,
            unit_price_minor=price or 0,
            net_minor=net,
        )
        for index, (item, sku_id, count, price, net) in enumerate(
            zip(items, sku_ids, counts, prices, money.nets, strict=True), start=1
        )
        if count
    ), money


def _read_receiver(row: Row) -> CanonicalReceiver | None:
    consignee = snake(row)
    name, whole = text(consignee.get("fullname")), text(consignee.get("full_address"))
    phone = first(consignee, "mobile", "telephone")
    areas = [text(consignee.get(part)) for part in ("province", "city", "county", "town")]
    if not any((name, whole, phone, *areas)):
        return None
    detail = whole
    for area in areas:
        detail = detail.removeprefix(area)
    province, city, district, town = _shift_municipality(areas)
    masked = hidden(name, phone, whole)
    return CanonicalReceiver(
        name=name,
        phone=phone,
        province=province,
        city=city,
        district=district,
        town=town,
        detail=detail.strip() or whole,
        oaid=text(consignee.get("oaid")),
        masked=masked,
    )


def _shift_municipality(areas: list[str]) -> tuple[str, str, str, str]:
    """JD files the districts of 北京, 上海, 天津 and 重庆 as cities: move each one level down."""
    province, city, county, town = areas
    short = province.removesuffix("市")
    if short in _MUNICIPALITIES and city and city.removesuffix("市") != short:
        return province, f"{short}市", city, county if not town else f"{county}{town}"
    return province, city, county, town


def _read_refund(row: Row, notes: Notes) -> CanonicalRefund:
    """A refund application (whole order) or an after-sales service form (one SKU)."""
    order_no = text(row.get("order_id"))
    if not order_no:
        reading.refuse("order_no_missing", "the refund names no order")
    status = text(row.get("status"))
    if status not in words.REFUND_STATUS:
        notes.add("unknown_status", status or "none given")
    return CanonicalRefund(
        platform=PLATFORM,
        refund_no=first(row, "afs_service_id", "id", "refund_id"),
        order_no=order_no,
        line_id=first(row, "sku_id", "ware_id") if "afs_service_id" in row else "",
        kind=words.EXPECTATION.get(text(row.get("customer_expect")), RefundKind.REFUND_ONLY),
        status=words.REFUND_STATUS.get(status, RefundStatus.REQUESTED),
        amount_minor=_refund_sum(row, notes),
        currency=CURRENCY,
        reason=first(row, "refund_reason", "reason"),
        modified_at=moment(row, "check_time", notes, CHINA) or moment(row, "apply_time", notes, CHINA),
        warnings=notes.all(),
    )


def _refund_sum(row: Row, notes: Notes) -> int:
    """The one amount JD gives in fen; with a decimal point it can only be yuan."""
    minor = owed(row, "apply_refund_sum", CURRENCY)
    if "." in str(row.get("apply_refund_sum")):
        notes.add("refund_in_yuan", "the refund sum has a decimal point, so it is not in fen")
        return minor
    return minor // 100
