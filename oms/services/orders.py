"""What people do to orders: cancel, correct the address, make a replacement."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.doorbell import ring
from core.errors import Conflict, OneRopeError
from core.services import audit, vault
from oms.domain import events as e
from oms.domain.address import standardise
from oms.domain.canonical import CanonicalReceiver
from oms.domain.order import Order, as_told
from oms.domain.status import GONE, OPEN
from oms.models import Order as OrderRow
from oms.rows import iso
from oms.services import address_rules, holds
from oms.services.fit import fit_suborders
from oms.services.receivers import receiver_columns
from oms.services.recheck import recheck
from oms.services.store import Changes, next_ids
from oms.services.suborders import lock_held, withdraw


class Remember(StrEnum):
    """For which orders a corrected address is remembered."""

    NOT = "not"
    SHOP = "shop"
    EVERYWHERE = "everywhere"


def cancel(order_ids: Sequence[int], reason: str) -> None:
    """Cancel whatever of these orders has not left: stock is given back, nothing of them is routed again.

    Raises Conflict (`already_shipped`) when everything of one has left; a cancelled order stays as it is.
    """
    with transaction.atomic():
        changes = Changes()
        opened = changes.open(order_ids)
        lock_held(opened.values())
        for order in opened.values():
            if order.header["cancel_reason"]:
                continue
            statuses = [s["status"] for s in order.suborders.values() if s["status"] != "cancelled"]
            if statuses and all(status in GONE for status in statuses):
                raise Conflict(_("The order has left the warehouse."), code="already_shipped")
            for suborder in list(order.suborders.values()):
                if suborder["status"] in OPEN:
                    withdraw(changes, order, suborder, reason)
            changes.add(order, e.CANCELLED, {"reason": reason[:120]})
            holds.reconcile(changes, order, {})
            audit.record("order.cancel", f"oms.order:{order.id}", reason=reason)
        changes.save()


def drop_lines(order_id: int, line_ids: Sequence[str], refund_no: str) -> None:
    """Stop wanting lines that a refund took out before shipping (an after-sales decision, not the platform's word).

    No money is counted here: whoever pays reports the refund itself, and the order adds that up.
    """
    with transaction.atomic():
        changes = Changes()
        order = changes.open([order_id])[order_id]
        for line in order.lines.values():
            if line["line_id"] in line_ids:
                changes.add(order, e.REFUND_REPORTED, _settled(refund_no, line))
        fit_suborders(changes, [order])
        recheck(changes, [order])
        changes.save()


def _settled(refund_no: str, line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "refund_no": f"{refund_no}:{line['line_no']}"[:80],
        "line_id": line["line_id"],
        "kind": "refund_only",
        "status": "succeeded",
        "amount_minor": 0,
        "qty": line["qty"],
        "modified_at": iso(clock.now()),
    }


def fix_address(order_id: int, receiver: CanonicalReceiver, reason: str = "", remember: Remember = Remember.NOT) -> int:
    """Replace an order's receiver with what a person corrected. The hold goes when the address now stands; with
    `remember` so it does for every waiting order written like this one. What is left empty stays as it was. Returns
    how many other orders that helped.

    Raises OneRopeError (`bad_address`) when not even the district can be told.
    """
    with transaction.atomic():
        changes = Changes()
        order = changes.open([order_id])[order_id]
        kept = _sealed(order)
        receiver = _completed(receiver, kept, masked=order.header["receiver_is_masked"])
        address = standardise(
            province=receiver.province, city=receiver.city, district=receiver.district, town=receiver.town,
            detail=receiver.detail,
        )  # fmt: skip
        if not address.province:
            raise OneRopeError(_("No province and city can be read from this address."), code="bad_address")
        if remember != Remember.NOT:
            address_rules.remember(order, address.code, everywhere=remember == Remember.EVERYWHERE)
        # The key stays the platform's: a newer version with the receiver it always sent must not undo the correction.
        key = order.header["receiver_key"]
        columns = receiver_columns(receiver, kept)
        changes.add(order, e.ADDRESS_FIXED, {**columns, "receiver_key": key, "address_status": "fixed"})
        audit.record("order.fix_address", f"oms.order:{order_id}", reason=reason)
        recheck(changes, [order])
        changes.save()
        ring("oms.tasks.allocate")
    return address_rules.catch_up() if remember != Remember.NOT else 0


def _sealed(order: Order) -> dict[str, str]:
    record = order.header["receiver_id"]
    return vault.unseal([UUID(record)]).get(UUID(record), {}) if record else {}


def _completed(receiver: CanonicalReceiver, kept: Mapping[str, str], *, masked: bool) -> CanonicalReceiver:
    """The correction, with what it leaves empty taken from the seal; masked as long as a masked part is."""
    empty = [name for name in ("name", "phone", "detail", "zip", "oaid") if not getattr(receiver, name)]
    still = masked and any(name in empty for name in ("name", "phone", "detail"))
    return replace(receiver, masked=still, **{name: kept.get(name, "") for name in empty})


def create_replacement(order_id: int, items: Sequence[tuple[int, int]], reason: str, key: str) -> int:
    """A new order to the same receiver with nothing to pay: `items` are (order line_no, units). Returns its id.

    `key` makes it once: the same key gives the same order again.
    """
    with transaction.atomic():
        changes = Changes()
        source = changes.open([order_id])[order_id]
        order_no = f"{source.header['order_no'][:60]}-R{key}"[:80]
        made = OrderRow.objects.filter(
            platform=source.header["platform"], shop_id=source.header["shop_id"], order_no=order_no
        ).first()
        if made is not None:
            return made.pk
        [new_id] = next_ids(OrderRow, 1)
        replacement = changes.start(new_id)
        lines = [_replacement_line(source, position, no, units) for position, (no, units) in enumerate(items, start=1)]
        changes.add(
            replacement,
            e.CAPTURED,
            {"order": _replacement_header(source, order_no, key), "lines": lines, "changes": []},
        )
        changes.add(source, e.NOTED, {"text": f"replacement:{order_no}", "reason": reason[:120]})
        changes.save()
        ring("oms.tasks.allocate")
        return new_id


def _replacement_header(source: Order, order_no: str, key: str) -> dict[str, Any]:
    now = clock.now()
    return {
        **as_told(source),
        "order_no": order_no,
        "pay_state": "paid",
        "paid_minor": 0,
        "freight_minor": 0,
        "adjustments": None,
        "content_hash": vault.tag("content", f"replacement:{order_no}:{key}"),
        "platform_created_at": iso(now),
        "platform_modified_at": iso(now),
        "paid_at": iso(now),
        "shippable": True,
        "platform_hold": "",
        "warnings": [],
    }


def _replacement_line(source: Order, position: int, line_no: int, units: int) -> dict[str, Any]:
    line = source.lines[line_no]
    if not 0 < units <= max(line["qty"], 1):
        raise OneRopeError(_("That is more than was ordered."), code="too_many", fields={"line_no": line_no})
    return {**line, "line_no": position, "line_id": f"R{position}", "qty": units, "net_minor": 0, "unit_price_minor": 0,
            "refund": "none", "parent_line_id": "", "current": True}  # fmt: skip
