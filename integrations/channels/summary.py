"""The plain dictionary `manage.py read_payload` prints for a canonical message."""

from typing import Any

from oms.domain.canonical import (
    Canonical,
    CanonicalHint,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalRefund,
    OrderState,
    RefundStatus,
)


def summarise(message: Canonical) -> dict[str, Any]:
    """The contract's keys. A message that is about an order without being one gets the same keys, says so in its
    warnings and is never shippable; one that is about no order becomes `{"error": …}` with code `not_an_order`."""
    if isinstance(message, CanonicalOrder):
        return _of_order(message)
    if isinstance(message, CanonicalRefund):
        return _of_refund(message)
    if isinstance(message, CanonicalHint):
        warning = f"hint_only: {message.topic} carries no order, fetch {message.order_no}"
        return _shell(message.order_no, "", OrderState.PENDING, [warning])
    if message.order_no:
        return _shell(message.order_no, "", OrderState.PENDING, list(message.warnings))
    return _error(message)


def _of_order(order: CanonicalOrder) -> dict[str, Any]:
    receiver = order.receiver
    return {
        "order_no": order.order_no,
        "shop_currency": order.currency,
        "paid_minor": order.paid_minor,
        "shippable": order.shippable,
        "state": order.state.value,
        "lines": [{"sku": line.sku, "qty": line.qty, "net_minor": line.net_minor} for line in order.lines],
        "receiver": receiver
        and {
            "country": receiver.country,
            "province": receiver.province,
            "city": receiver.city,
            "district": receiver.district,
        },
        "warnings": list(order.warnings),
    }


def _of_refund(refund: CanonicalRefund) -> dict[str, Any]:
    """A refund says little of its order: money may have gone back, but not how much of the whole that is."""
    back = refund.status is RefundStatus.SUCCEEDED
    state = OrderState.PARTIALLY_REFUNDED if back else OrderState.PAID
    what = f"refund {refund.refund_no} of {refund.amount_minor} {refund.currency}".rstrip()
    warnings = [f"not_an_order: {what}, {refund.kind.value}, {refund.status.value}", *refund.warnings]
    return _shell(refund.order_no, refund.currency, state, warnings)


def _shell(order_no: str, currency: str, state: OrderState, warnings: list[str]) -> dict[str, Any]:
    return {
        "order_no": order_no,
        "shop_currency": currency,
        "paid_minor": None,
        "shippable": False,
        "state": state.value,
        "lines": [],
        "receiver": None,
        "warnings": warnings,
    }


def _error(message: CanonicalNothing) -> dict[str, Any]:
    if message.topic == "unreadable" and message.warnings:
        code, _, detail = message.warnings[0].partition(": ")
        return {"error": {"code": code, "message": detail}}
    detail = "; ".join(message.warnings).removeprefix("not_an_order: ") or "the body asks for nothing"
    return {"error": {"code": "not_an_order", "message": detail}}
