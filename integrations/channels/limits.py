"""The outer bounds of a canonical message: what no real order exceeds and no table of ours could hold.

Names that identify something are refused when too long (cut, they would name something else); descriptions are cut,
with a warning. Amounts beyond MAX_MINOR come from a multiplied quantity or a broken sender.
"""

import re
from dataclasses import fields, replace
from typing import Any

from core.money import MAX_MINOR
from integrations.channels.reading import refuse
from oms.domain.canonical import Canonical, CanonicalLine, CanonicalOrder, CanonicalReceiver, CanonicalRefund

MAX_LINES = 1000
_NUMBER, _CODE, _TITLE, _NOTE = 80, 120, 200, 2000
_RECEIVER = {"name": 80, "phone": 40, "detail": 500, "oaid": 500, "zip": 20}  # ciphertext is long
_AREA = 60
_CURRENCY = re.compile(r"[A-Z]{3}")


def fit(message: Canonical) -> Canonical:
    """The message within bounds. Codes of Unreadable: `too_long`, `too_many_lines`, `bad_amount`, `bad_currency`."""
    if isinstance(message, CanonicalOrder):
        return _fit_order(message)
    if isinstance(message, CanonicalRefund):
        _bound("refund number", message.refund_no, _NUMBER)
        _bound("order number", message.order_no, _NUMBER)
        _bound("line", message.line_id, _NUMBER)
        _money("refund", message.amount_minor)
        return replace(message, currency=_currency(message.currency), reason=message.reason[:_TITLE])
    return message


def _fit_order(order: CanonicalOrder) -> CanonicalOrder:
    _bound("order number", order.order_no, _NUMBER)
    if len(order.lines) > MAX_LINES:
        refuse("too_many_lines", f"{len(order.lines)} lines are more than {MAX_LINES}")
    _money("payment", order.paid_minor or 0)
    _money("freight", order.freight_minor)
    odd: list[str] = []
    lines = _told_apart([_fit_line(line, odd) for line in order.lines], odd)
    receiver = _fit_receiver(order.receiver, odd) if order.receiver else None
    return replace(
        order,
        currency=_currency(order.currency),
        lines=lines,
        receiver=receiver,
        buyer_id=order.buyer_id[:_TITLE],
        display_no=order.display_no[:_NUMBER],
        buyer_note=order.buyer_note[:_NOTE],
        seller_note=order.seller_note[:_NOTE],
        warnings=(*order.warnings, *dict.fromkeys(odd)),
    )


def _told_apart(lines: list[CanonicalLine], odd: list[str]) -> tuple[CanonicalLine, ...]:
    """The lines with numbers of their own: one that repeats another's gets its place behind it."""
    seen: set[str] = set()
    for index, line in enumerate(lines):
        if line.line_id in seen:
            odd.append(f"line_id_repeated: line {line.line_id}")
            lines[index] = replace(line, line_id=f"{line.line_id}#{index + 1}"[:_NUMBER])
        seen.add(lines[index].line_id)
    return tuple(lines)


def _fit_line(line: CanonicalLine, odd: list[str]) -> CanonicalLine:
    _bound("line", line.line_id, _NUMBER)
    _bound("SKU", line.sku, _CODE)
    _bound("listing", line.listing_id, _CODE)
    _money("line", line.net_minor)
    _money("price", line.unit_price_minor)
    if len(line.title) <= _TITLE:
        return line
    odd.append("text_cut: title")
    return replace(line, title=line.title[:_TITLE])


def _fit_receiver(receiver: CanonicalReceiver, odd: list[str]) -> CanonicalReceiver:
    changes: dict[str, Any] = {}
    for field in fields(receiver):
        value = getattr(receiver, field.name)
        limit = _RECEIVER.get(field.name, _AREA)
        # a ciphertext or oaid cut short could never be opened: a name or phone of that kind may be as long as it is
        if receiver.masked and field.name in ("name", "phone"):
            limit = _RECEIVER["oaid"]
        if isinstance(value, str) and len(value) > limit:
            odd.append(f"text_cut: {field.name}")
            changes[field.name] = value[:limit]
    return replace(receiver, **changes) if changes else receiver


def _bound(what: str, value: str, limit: int) -> None:
    if len(value) > limit:
        refuse("too_long", f"the {what} has {len(value)} characters, more than {limit}")


def _money(what: str, minor: int) -> None:
    if minor > MAX_MINOR:
        refuse("bad_amount", f"the {what} amount is out of range")


def _currency(currency: str) -> str:
    upper = currency.upper()
    if upper and not _CURRENCY.fullmatch(upper):
        refuse("bad_currency", "the currency is no three-letter code")
    return upper
