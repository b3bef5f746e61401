"""Step 1: take platform messages into orders. One transaction a batch; every message gets an outcome.

Identity is (platform, shop, order_no). The content hash (order no + platform + lines and everything else) is the
version: the same → nothing, newer → an amendment of the same order, older → recorded and ignored.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from catalog.models import Shop
from catalog.selectors.matching import Named, match
from catalog.services.listings import remember
from core.doorbell import ring
from core.errors import OneRopeError
from core.services import vault
from oms.domain import events as e
from oms.domain.canonical import (
    Canonical,
    CanonicalLine,
    CanonicalNothing,
    CanonicalOrder,
    CanonicalRefund,
    HoldCode,
    OrderState,
)
from oms.domain.content import Matched, changes_between, fingerprint, key_in_force, key_of, line_rows, refund_key
from oms.domain.order import Order, Row, as_told
from oms.models import Order as OrderRow
from oms.rows import iso
from oms.services import receivers
from oms.services.fit import fit_suborders
from oms.services.recheck import BLOCKING, recheck
from oms.services.store import Changes, next_ids

Identity = tuple[str, int, str]


class OrderUnknown(OneRopeError):
    """A refund or deletion of an order that has not come yet: the message must wait for it (`fields["order"]`, which
    is `order_key` of it)."""

    code = "order_unknown"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One canonical message and the shop whose hook it came through."""

    shop_id: int
    message: Canonical

    @property
    def identity(self) -> Identity:
        assert isinstance(self.message, CanonicalOrder | CanonicalRefund)
        return (self.message.platform, self.shop_id, self.message.order_no)


def order_key(identity: Identity) -> str:
    """One text for an order's identity, for messages that wait for it."""
    return ":".join(map(str, identity))


def capture(batch: Sequence[Incoming]) -> list[str]:
    """Apply a batch in its order, refunds after the orders. Outcomes: `created`, `amended`, `same`, `older`, `refund`;
    `partial` for a body that tells too little to act on, `unreadable` for a row of a list that could not be read (a
    person must look), `nothing`.

    Raises OrderUnknown for a refund whose order is not here; nothing of the batch is kept then (the caller bisects).

    Which version is in force depends on what the messages say, never on the order in which they came or how often.
    """
    with transaction.atomic():
        intake = _Intake([item for item in batch if isinstance(item.message, CanonicalOrder | CanonicalRefund)])
        turns = sorted(range(len(batch)), key=lambda index: isinstance(batch[index].message, CanonicalRefund))
        outcomes = {index: intake.take(batch[index]) for index in turns}
        intake.finish()
        if intake.touched:
            ring("oms.tasks.allocate")
    return [outcomes[index] for index in range(len(batch))]


class _Intake:
    """The working set of one batch: locked orders, matched SKUs, prepared versions."""

    def __init__(self, items: Sequence[Incoming]) -> None:
        self.changes = Changes()
        self.touched: dict[int, Order] = {}
        identities = sorted({item.identity for item in items})
        _lock_identities(identities)
        self.by_identity = _existing(identities)
        self.changes.open(self.by_identity.values())
        self.shops = {shop.pk: shop for shop in Shop.objects.filter(id__in={item.shop_id for item in items})}
        self.orders = [item for item in items if isinstance(item.message, CanonicalOrder)]
        self.skus = match(dict.fromkeys(_named(item.shop_id, line) for item in self.orders for line in _lines(item)))
        remember(self.skus)
        self.hashes = {id(item.message): vault.tag("content", fingerprint(item.message)) for item in self.orders}  # type: ignore[arg-type]
        self.fresh_ids = iter(next_ids(OrderRow, len({i.identity for i in self.orders} - self.by_identity.keys())))
        self.receivers: dict[tuple[Identity, str], dict[str, Any]] = {}
        self.slots: dict[int, tuple[Identity, str]] = {}  # id of a message -> where its receiver's columns are
        self._seal_new_receivers()

    def _seal_new_receivers(self) -> None:
        """Columns of every receiver in the batch; only those that the order does not hold yet are standardised and
        sealed."""
        new: dict[tuple[Identity, str], CanonicalOrder] = {}
        for item in self.orders:
            message = item.message
            assert isinstance(message, CanonicalOrder)
            order = self._order(item.identity)
            if message.partial or message.draft:
                continue
            slot = self.slots[id(message)] = (item.identity, receivers.receiver_key(message.receiver))
            if order is not None and order.header["receiver_key"] == slot[1]:
                self.receivers[slot] = {key: order.header[key] for key in receivers.NO_RECEIVER}
            else:
                new.setdefault(slot, message)
        shop_ids = [shop_id for (_, shop_id, _), _ in new]
        self.receivers.update(zip(new, receivers.columns(list(new.values()), shop_ids), strict=True))

    def _order(self, identity: Identity) -> Order | None:
        order_id = self.by_identity.get(identity)
        return self.changes.orders[order_id] if order_id else None

    def take(self, item: Incoming) -> str:
        message = item.message
        if isinstance(message, CanonicalRefund):
            return self._take_refund(item.identity, message)
        if not isinstance(message, CanonicalOrder):
            return (
                "unreadable" if isinstance(message, CanonicalNothing) and message.topic == "unreadable" else "nothing"
            )
        if message.draft:
            return "nothing"
        return self._take_part(item, message) if message.partial else self._take_order(item, message)

    def _take_part(self, item: Incoming, message: CanonicalOrder) -> str:
        """A body that names an order but not its content (a deletion, a reduced field list). What is absent changes
        nothing; that an order is cancelled is news all the same, and must wait for an order that has not come yet."""
        if message.state != OrderState.CANCELLED:
            return "partial"
        order, content_hash = self._order(item.identity), self.hashes[id(message)]
        if order is None:
            raise _unknown(item.identity)
        if order.header["content_hash"] == content_hash:
            return "same"
        if message.modified_at and key_of(message, content_hash) < key_in_force(order):
            return self._ignore(order, message, content_hash)
        header = as_told(order) | {"pay_state": message.state.value, "content_hash": content_hash, "shippable": False}
        if message.modified_at:
            header["platform_modified_at"] = iso(message.modified_at)
        payload = {"order": header, "lines": list(order.lines.values()), "changes": ["payment"]}
        self.changes.add(order, e.AMENDED, payload)
        self.touched[order.id] = order
        return "amended"

    def _take_order(self, item: Incoming, message: CanonicalOrder) -> str:
        order, content_hash = self._order(item.identity), self.hashes[id(message)]
        if order is not None:
            newer = key_of(message, content_hash) > key_in_force(order)
            if order.header["content_hash"] == content_hash:
                if newer:
                    self.changes.add(order, e.VERSION_CONFIRMED, {"modified_at": _iso(message.modified_at)})
                return "same"
            if not newer:
                return self._ignore(order, message, content_hash)
        header = self._header(item, message, order)
        lines = line_rows(message, order.lines if order else {}, self._matched(item, message, order))
        if order is None:
            order = self.changes.start(next(self.fresh_ids))
            self.by_identity[item.identity] = order.id
            self.changes.add(order, e.CAPTURED, {"order": header, "lines": lines, "changes": []})
            outcome = "created"
        else:
            payload = {"order": header, "lines": lines, "changes": changes_between(order, header, lines)}
            self.changes.add(order, e.AMENDED, payload)
            outcome = "amended"
        self.touched[order.id] = order
        return outcome

    def _ignore(self, order: Order, message: CanonicalOrder, content_hash: str) -> str:
        told, in_force = _iso(message.modified_at), order.header["platform_modified_at"]
        payload = {"content_hash": content_hash, "modified_at": told, "in_force": in_force}
        self.changes.add(order, e.VERSION_IGNORED, payload)
        return "older"

    def _take_refund(self, identity: Identity, message: CanonicalRefund) -> str:
        order = self._order(identity)
        if order is None:
            raise _unknown(identity)
        known = order.refunds.get(message.refund_no)
        payload = {
            "refund_no": message.refund_no[:80],
            "line_id": message.line_id[:80],
            "kind": message.kind.value,
            "status": message.status.value,
            "amount_minor": message.amount_minor,
            "qty": message.qty,
            "modified_at": _iso(message.modified_at),
        }
        if known is not None and refund_key(payload) <= refund_key(known):
            return "same" if payload == known else "older"
        self.changes.add(order, e.REFUND_REPORTED, payload)
        self.touched[order.id] = order
        return "refund"

    def _matched(self, item: Incoming, message: CanonicalOrder, order: Order | None) -> dict[str, Matched]:
        """Line id → SKU. A line keeps what it was matched to as long as its names stay the same."""
        before: dict[str, Row] = {line["line_id"]: line for line in order.lines.values()} if order else {}
        result: dict[str, Matched] = {}
        for line in message.lines:
            old, meaning = before.get(line.line_id), self.skus[_named(item.shop_id, line)]
            if old and old["sku_id"] and (old["platform_sku"], old["listing_id"]) == (line.sku, line.listing_id):
                result[line.line_id] = (old["sku_id"], None)
            else:
                result[line.line_id] = (meaning.sku_id, meaning.was_sku_id)
        return result

    def _header(self, item: Incoming, message: CanonicalOrder, order: Order | None) -> dict[str, Any]:
        shop = self.shops[item.shop_id]
        paid_at = message.paid_at or (message.created_at if message.paid_minor else None)
        receiver = self.receivers[self.slots[id(message)]]
        return {
            "platform": message.platform,
            "shop_id": item.shop_id,
            "order_no": message.order_no,
            "pay_state": message.state.value,
            "currency": message.currency,
            "paid_minor": message.paid_minor,
            "freight_minor": message.freight_minor,
            "adjustments": {part.kind.value: part.amount_minor for part in message.adjustments} or None,
            "content_hash": self.hashes[id(message)],
            "platform_created_at": _iso(message.created_at),
            "platform_modified_at": _iso(message.modified_at),
            "paid_at": _iso(paid_at),
            "ship_by": _iso(paid_at + timedelta(hours=shop.ship_within_hours)) if paid_at else None,
            "buyer_key": vault.tag("buyer", f"{message.platform}:{message.buyer_id}") if message.buyer_id else "",
            "ip_key": vault.tag("ip", message.client_ip),
            "device_key": vault.tag("device", message.device),
            "seller_flag": message.seller_flag,
            "shippable": message.shippable or message.hold_code == HoldCode.TEST_ORDER,
            "platform_hold": message.hold_code if message.hold_code in BLOCKING else "",
            "test": message.test,
            "cod": message.cod,
            "warnings": [warning[:200] for warning in message.warnings],
            **receivers.notes(message),
            **receiver,
        }

    def finish(self) -> None:
        """Fit sub-orders to what is wanted now, settle the holds, write everything."""
        orders = [self.touched[order_id] for order_id in sorted(self.touched)]
        fit_suborders(self.changes, orders)
        recheck(self.changes, orders, self.shops)
        self.changes.save()


def _lines(item: Incoming) -> Sequence[CanonicalLine]:
    assert isinstance(item.message, CanonicalOrder)
    return item.message.lines


def _named(shop_id: int, line: CanonicalLine) -> Named:
    return Named(shop_id, line.listing_id[:120], line.sku[:120])


def _iso(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _unknown(identity: Identity) -> OrderUnknown:
    return OrderUnknown(f"no order {identity[2]} yet", fields={"order": order_key(identity)})


def _lock_identities(identities: Iterable[Identity]) -> None:
    """One writer per identity until the commit, also for orders that have no row to lock yet."""
    keys = [f"{platform}\x1f{shop_id}\x1f{order_no}" for platform, shop_id, order_no in identities]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(k) FROM (SELECT DISTINCT hashtextextended(t, 1) AS k"
            " FROM unnest(%s::text[]) AS t ORDER BY 1) AS locks",
            [keys],
        )


def _existing(identities: Sequence[Identity]) -> dict[Identity, int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT o.platform, o.shop_id, o.order_no, o.id FROM oms_order o
                 JOIN unnest(%s::text[], %s::bigint[], %s::text[]) AS k (platform, shop_id, order_no)
                   ON o.platform = k.platform AND o.shop_id = k.shop_id AND o.order_no = k.order_no""",
            [[i[0] for i in identities], [i[1] for i in identities], [i[2] for i in identities]],
        )
        return {(row[0], row[1], row[2]): row[3] for row in cursor.fetchall()}
