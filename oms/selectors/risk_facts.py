"""What the risk rules must know beyond the order itself, for a whole batch at once: who is listed, how much the same
people ordered, what the goods should bring. Only what a rule asks for is read."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from catalog.selectors.prices import prices
from core.domain.rules import RuleData, fields_of
from oms.domain.order import Order
from oms.domain.risk import (
    BUYERS,
    COUNT_CAP,
    LONGEST,
    PRICED,
    SAME_GOODS_WINDOW,
    SHARED,
    TRAITS,
    VELOCITY,
    WINDOWS,
    Around,
    Price,
)
from oms.models import ListEntry

_SAME_BUYER = ("phone", "buyer")  # whoever shares one of them is the same person to the duplicate check
_SAME_GOODS_LOOKED_AT = 50  # newest orders of that person

_COUNTS = """
    SELECT '{trait}', k.tag, k.at, {counts}, count(DISTINCT nullif(o.buyer_key, ''))
      FROM unnest(%(tags_{trait})s::text[], %(ats_{trait})s::timestamptz[]) AS k(tag, at)
     CROSS JOIN LATERAL (SELECT captured_at, buyer_key FROM oms_order
                          WHERE {trait}_key = k.tag AND {trait}_key <> '' AND captured_at <= k.at
                            AND captured_at > k.at - %(longest)s AND id <> ALL(%(batch)s)
                          ORDER BY captured_at DESC LIMIT {cap}) o
     GROUP BY 2, 3"""

_SAME_GOODS = """
    SELECT DISTINCT k.id, o.id
      FROM unnest(%(ids_{trait})s::bigint[], %(tags_{trait})s::text[], %(ats_{trait})s::timestamptz[],
                  %(skus_{trait})s::bigint[]) AS k(id, tag, at, sku)
     CROSS JOIN LATERAL (SELECT id FROM oms_order
                          WHERE {trait}_key = k.tag AND captured_at <= k.at AND captured_at > k.at - %(window)s
                            AND status <> 'cancelled' AND id <> ALL(%(batch)s)
                          ORDER BY captured_at DESC LIMIT {limit}) o
      JOIN oms_orderline l ON l.order_id = o.id AND l.sku_id = k.sku AND l.qty > 0"""


class Screen:
    """A batch of orders and what `rules` ask around them; at most four queries."""

    def __init__(self, orders: Sequence[Order], rules: Iterable[RuleData]) -> None:
        self.fields = fields_of(rules)
        self._ids = [order.id for order in orders]
        self._at = {order.id: datetime.fromisoformat(order.header["captured_at"]) for order in orders}
        self._entries = _entries(orders)
        asked = {trait for name, (trait, _window) in VELOCITY.items() if name in self.fields}
        asked |= {trait for name, trait in BUYERS.items() if name in self.fields}
        self._counts = self._count(orders, [trait for trait in TRAITS if trait in asked])
        self._same = self._same_goods(orders) if "same_goods" in self.fields else {}
        self._prices = _prices(orders) if self.fields & PRICED else {}

    def around(self, order: Order) -> Around:
        counts = {}
        for trait, found in self._counts.items():
            tag = order.header[f"{trait}_key"]
            if tag:
                counts.update(found[tag, self._at[order.id]])
        person = any(order.header[f"{trait}_key"] for trait in _SAME_BUYER)
        same = len(self._same.get(order.id, ())) if person else None
        return Around(counts, self._prices, same, self.whitelisted(order))

    def blacklisted(self, order: Order) -> ListEntry | None:
        return next((entry for entry in self._of(order) if entry.side == ListEntry.Side.BLACK), None)

    def whitelisted(self, order: Order) -> bool:
        """On the white list, and by nothing on the black one."""
        sides = {entry.side for entry in self._of(order)}
        return sides == {ListEntry.Side.WHITE}

    def _of(self, order: Order) -> list[ListEntry]:
        return [self._entries[tag] for tag in tags_of(order) if tag in self._entries]

    def _count(self, orders: Sequence[Order], traits: Sequence[str]) -> dict[str, dict[Any, dict[str, int]]]:
        """Per trait, for each tag and moment: the count of every window, and of different buyers."""
        if not traits:
            return {}
        batch = {trait: self._people(orders, trait) for trait in traits}
        stored = self._stored_counts(batch)
        return {
            trait: {
                (tag, at): self._sum(trait, rows, at, stored.get((trait, tag, at), [0] * (len(WINDOWS) + 1)))
                for tag, rows in batch[trait].items()
                for at in {moment for moment, _buyer in rows}
            }
            for trait in traits
        }

    def _people(self, orders: Sequence[Order], trait: str) -> dict[str, list[tuple[datetime, str]]]:
        """Moments and buyers of this batch's orders by tag, oldest first."""
        people: dict[str, list[tuple[datetime, str]]] = {}
        for order in orders:
            tag = order.header[f"{trait}_key"]
            if tag:
                people.setdefault(tag, []).append((self._at[order.id], order.header["buyer_key"]))
        return {tag: sorted(rows) for tag, rows in people.items()}

    def _stored_counts(self, batch: dict[str, dict[str, list[tuple[datetime, str]]]]) -> dict[Any, list[int]]:
        """The same for all orders outside the batch, in one query."""
        counts = ", ".join(
            f"count(*) FILTER (WHERE o.captured_at > k.at - interval '{int(window.total_seconds())} seconds')"
            for window in WINDOWS.values()
        )
        params: dict[str, Any] = {"batch": self._ids, "longest": LONGEST}
        for trait, people in batch.items():
            pairs = [(tag, at) for tag, rows in people.items() for at in {moment for moment, _buyer in rows}]
            params[f"tags_{trait}"] = [tag for tag, _at in pairs]
            params[f"ats_{trait}"] = [at for _tag, at in pairs]
        parts = [_COUNTS.format(trait=trait, counts=counts, cap=COUNT_CAP) for trait in batch]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), params)
            return {(trait, tag, at): list(found) for trait, tag, at, *found in cursor.fetchall()}

    def _sum(self, trait: str, rows: Sequence[tuple[datetime, str]], at: datetime, stored: list[int]) -> dict[str, int]:
        moments = [moment for moment, _buyer in rows]
        until = bisect_right(moments, at)
        counts = {
            f"orders_same_{trait}{suffix}": min(before + until - bisect_right(moments, at - window), COUNT_CAP)
            for (suffix, window), before in zip(WINDOWS.items(), stored, strict=False)
        }
        if trait in SHARED:
            since = bisect_left(moments, at - LONGEST)
            here = {buyer for _moment, buyer in rows[since:until] if buyer}
            counts[f"buyers_same_{trait}"] = stored[-1] + len(here)
        return counts

    def _same_goods(self, orders: Sequence[Order]) -> dict[int, set[int]]:
        """Ids of other orders, of the same person and not long before, that hold one of the same SKUs."""
        same: dict[int, set[int]] = {}
        params: dict[str, Any] = {"batch": self._ids, "window": SAME_GOODS_WINDOW}
        for trait in _SAME_BUYER:
            rows = [
                (order.id, order.header[f"{trait}_key"], self._at[order.id], sku)
                for order in orders
                if order.header[f"{trait}_key"]
                for sku in {line["sku_id"] for line in order.lines.values() if line["qty"]} - {None}
            ]
            columns = zip(*rows, strict=True) if rows else ((), (), (), ())
            for name, column in zip(("ids", "tags", "ats", "skus"), columns, strict=True):
                params[f"{name}_{trait}"] = list(column)
            self._in_batch(rows, same)
        parts = [_SAME_GOODS.format(trait=trait, limit=_SAME_GOODS_LOOKED_AT) for trait in _SAME_BUYER]
        with connection.cursor() as cursor:
            cursor.execute(" UNION ".join(parts), params)
            for order_id, other in cursor.fetchall():
                same.setdefault(order_id, set()).add(other)
        return same

    def _in_batch(self, rows: Sequence[tuple[int, str, datetime, int]], same: dict[int, set[int]]) -> None:
        groups: dict[tuple[str, int], list[tuple[datetime, int]]] = {}
        for order_id, tag, at, sku in rows:
            groups.setdefault((tag, sku), []).append((at, order_id))
        for order_id, tag, at, sku in rows:
            near = groups[tag, sku]
            if len(near) > 1:
                others = {other for moment, other in near if at - SAME_GOODS_WINDOW < moment <= at} - {order_id}
                same.setdefault(order_id, set()).update(others)


def tags_of(order: Order) -> list[str]:
    """Everything by which somebody on a list would be known."""
    return [tag for trait in TRAITS if (tag := order.header[f"{trait}_key"])]


def _entries(orders: Iterable[Order]) -> dict[str, ListEntry]:
    tags = {tag for order in orders for tag in tags_of(order)}
    return {entry.tag: entry for entry in ListEntry.objects.filter(tag__in=tags, is_active=True)}


def _prices(orders: Iterable[Order]) -> dict[int, Price]:
    skus = {line["sku_id"] for order in orders for line in order.lines.values()} - {None}
    return {sku: Price(floor, cost) for sku, floor, cost in prices(skus)}
