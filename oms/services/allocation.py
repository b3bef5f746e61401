"""Steps 2 and 3: split and route ready orders, lock their stock, record why. One transaction a batch.

Orders are claimed oldest payment first; each decision sees the stock that the ones before it in the batch left over,
and the reservation confirms it under row locks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog.selectors import network, skus
from catalog.selectors.skus import SkuFacts
from core import clock
from core.errors import Conflict
from core.money import split
from core.selectors.rules import live_rules
from core.services import bulk
from inventory.domain.allocation import Demand
from inventory.selectors.stock import available
from inventory.services import reservations
from oms.domain import events as e
from oms.domain.apportion import component_shares, line_shares
from oms.domain.merge import live
from oms.domain.order import Order, outstanding
from oms.domain.routing import Candidate, Decision, Need, ParcelClass, Policy, route
from oms.domain.status import OPEN, HoldReason
from oms.models import RoutingDecision, SubOrder, SubOrderLine
from oms.rule_fields import ROUTING_RULES
from oms.services.holds import Cause, open_hold
from oms.services.store import Changes, next_ids
from oms.services.suborders import lock_held, withdraw

BATCH = 500


def allocate_ready(limit: int = BATCH) -> int:
    """Route and reserve up to `limit` ready orders; returns how many were looked at (0: none is ready)."""
    with transaction.atomic():
        ids = _claim(limit)
        if ids:
            changes = Changes()
            opened = changes.open(ids)
            orders = [opened[order_id] for order_id in ids]
            _withdraw_sealed(changes, orders)
            _Allocation(changes, orders).run()
            changes.save()
    return len(ids)


def place_together(changes: Changes, orders: Sequence[Order]) -> None:
    """Route orders that have no goods yet to the one warehouse that ships them all in one parcel at the least cost, and
    lock their stock; the changes are the caller's to save. Raises Conflict (`no_common_warehouse`) when none can."""
    joint = _Allocation(changes, orders)
    warehouse_id = joint.common_warehouse()
    if warehouse_id is not None:
        _Allocation(changes, orders, only=warehouse_id).run()
    if any(outstanding(order) for order in orders):
        raise Conflict(_("No warehouse has the goods of all these orders."), code="no_common_warehouse")


def parcel_class(order: Order, facts: Mapping[int, SkuFacts]) -> ParcelClass | None:
    """What kind of box an order's sub-orders need; None when that is not one box. `facts` know all their SKUs."""
    skus_of = {line["sku_id"] for row in live(order) for line in row["lines"].values() if line["qty"]}
    return _only_class(facts[sku_id] for sku_id in skus_of)


def _only_class(facts: Iterable[SkuFacts]) -> ParcelClass | None:
    found = {(fact.temperature, fact.is_hazardous, fact.is_bulky) for fact in facts}
    return found.pop() if len(found) == 1 else None


def _withdraw_sealed(changes: Changes, orders: Sequence[Order]) -> None:
    """More is wanted of orders that must not be split: what they have here is routed again together with it."""
    sealed = [order for order in orders if order.header["no_split"] and live(order)]
    lock_held(sealed)
    for order in sealed:
        for row in live(order):
            if row["status"] in OPEN:
                withdraw(changes, order, row, "amended")


def _claim(limit: int) -> list[int]:
    """Allocatable orders, oldest payment first. SKIP LOCKED shares the work out; stock itself is always waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM oms_order WHERE allocatable ORDER BY paid_at NULLS LAST, id LIMIT %s
                FOR UPDATE SKIP LOCKED""",
            [limit],
        )
        return [row[0] for row in cursor.fetchall()]


class _Allocation:
    """One batch: what the router must know, read once; then decisions in order; then the locks."""

    def __init__(self, changes: Changes, orders: Sequence[Order], only: int | None = None) -> None:
        self.changes, self.orders = changes, orders
        self.rest = {order.id: outstanding(order) for order in self.orders}
        self.facts = skus.facts(
            {order.lines[no]["sku_id"] for order in self.orders for no in self.rest[order.id]} - {None}
        )
        houses = network.warehouses()
        self.network = houses if only is None else {only: houses[only]}
        self.priorities = network.shop_priorities(order.header["shop_id"] for order in self.orders)
        self.rates = network.rates(clock.business_date())
        parts = {sku for fact in self.facts.values() for sku, _qty in fact.parts}
        self.stock = available(parts, self.network)
        self.policy = policy()

    def run(self) -> None:
        decided = [(order, self._decide(order)) for order in self.orders]
        decision_ids = next_ids(RoutingDecision, len(decided))
        planned = self._number(decided)
        outcome = reservations.reserve(
            [
                Demand(row["id"], suborder["id"], row["sku_id"], suborder["warehouse_id"], row["qty"])
                for suborders in planned.values()
                for suborder in suborders
                for row in suborder["lines"]
            ]
        )
        for decision_id, (order, decision) in zip(decision_ids, decided, strict=True):
            self._apply(order, decision, decision_id, planned.get(order.id, []), outcome.refused)
        records = [
            {
                "id": decision_id, "order_id": order.id, "rule_version": self.policy.version,
                "outcome": decision.outcome, "optimal": decision.optimal, "candidates": decision.candidates,
                "plans": decision.plans,
            }
            for decision_id, (order, decision) in zip(decision_ids, decided, strict=True)
        ]  # fmt: skip
        bulk.insert(RoutingDecision, records)

    def common_warehouse(self) -> int | None:
        """Where one parcel with everything that the orders want would leave at the least cost."""
        lines = [(order, no, units) for order in self.orders for no, units in self.rest[order.id].items()]
        needs = [replace(self._need(*line), line_no=place) for place, line in enumerate(lines)]
        offers = [{each.id: each for each in self._candidates(order)} for order in self.orders]
        common = [
            replace(offers[0][house], priority=max(offer[house].priority for offer in offers))
            for house in offers[0]
            if all(house in offer for offer in offers)
        ]
        decision = route(needs, common, self.stock, replace(self.policy, whole=True))
        return decision.parts[0].warehouse_id if len(decision.parts) == 1 else None

    def _decide(self, order: Order) -> Decision:
        needs = [self._need(order, no, units) for no, units in self.rest[order.id].items()]
        policy = replace(self.policy, whole=True) if order.header["no_split"] else self.policy
        decision = route(needs, self._candidates(order), self.stock, policy)
        by_line = {need.line_no: need for need in needs}
        for part in decision.parts:
            for line_no, units in part.units.items():
                for sku_id, qty in by_line[line_no].parts:
                    self.stock[sku_id, part.warehouse_id] -= qty * units
        return decision

    def _need(self, order: Order, line_no: int, units: int) -> Need:
        fact = self.facts[order.lines[line_no]["sku_id"]]
        parts = [self.facts[sku] for sku, _qty in fact.parts]
        temperatures = {part.temperature for part in parts} - {"ambient"}
        return Need(
            line_no=line_no,
            units=units,
            parts=fact.parts,
            weight_g=sum(self.facts[sku].weight_g * qty for sku, qty in fact.parts),
            temperature=min(temperatures) if temperatures else "ambient",
            is_hazardous=any(part.is_hazardous for part in parts),
            is_bulky=any(part.is_bulky for part in parts),
        )

    def _candidates(self, order: Order) -> list[Candidate]:
        priorities = self.priorities.get(order.header["shop_id"], {})
        result = []
        for warehouse_id, priority in sorted(priorities.items(), key=lambda item: (item[1], item[0])):
            if warehouse_id not in self.network:
                continue
            facts = self.network[warehouse_id]
            rates = self.rates.get((warehouse_id, order.header["province"]), [])
            result.append(
                Candidate(
                    warehouse_id, facts.name, priority, facts.temperatures, facts.takes_hazardous, facts.takes_bulky,
                    facts.handling_fen, tuple((r.first_g, r.first_fen, r.step_g, r.step_fen, r.hours) for r in rates),
                )
            )  # fmt: skip
        return result

    def _number(self, decided: Sequence[tuple[Order, Decision]]) -> dict[int, list[dict[str, Any]]]:
        """Sub-orders with ids, lines and money, per order; what cannot be placed is not in it."""
        flat = [(order, part) for order, decision in decided for part in decision.parts]
        suborder_ids = iter(next_ids(SubOrder, len(flat)))
        pieces = sum(len(self._fact(order, no).parts) for order, part in flat for no in part.units)
        line_ids = iter(next_ids(SubOrderLine, pieces))
        result: dict[int, list[dict[str, Any]]] = {}
        for order, decision in decided:
            nets = _nets(order, decision, self.rest[order.id])
            freights = _freights(order, decision, nets)
            for index, part in enumerate(decision.parts):
                lines = [
                    row
                    for no, units in part.units.items()
                    for row in self._rows(order, no, units, nets[index][no], line_ids)
                ]
                result.setdefault(order.id, []).append(
                    {
                        "id": next(suborder_ids),
                        "seq": len(order.suborders) + index + 1,
                        "warehouse_id": part.warehouse_id,
                        "goods_minor": sum(row["net_minor"] for row in lines),
                        "freight_minor": freights[index],
                        "freight_estimate_fen": part.freight_fen,
                        "weight_g": part.weight_g,
                        "lines": lines,
                    }
                )
        return result

    def _fact(self, order: Order, line_no: int) -> SkuFacts:
        return self.facts[order.lines[line_no]["sku_id"]]

    def _rows(self, order: Order, line_no: int, units: int, net_minor: int, line_ids: Any) -> list[dict[str, Any]]:
        parts = self._fact(order, line_no).parts
        costs = {sku: self.facts[sku].cost_fen for sku, _qty in parts}
        shares = component_shares(net_minor, parts, costs)
        return [
            {
                "id": next(line_ids), "line_no": line_no, "line_units": units, "sku_id": sku, "qty": qty * units,
                "net_minor": share,
            }
            for (sku, qty), share in zip(parts, shares, strict=True)
        ]  # fmt: skip

    def _apply(
        self,
        order: Order,
        decision: Decision,
        decision_id: int,
        suborders: Sequence[dict[str, Any]],
        refused: Mapping[int, Any],
    ) -> None:
        """Say what came of it. A sub-order refused under the locks (somebody was faster) takes its order's others
        back with it and stays ready for the next round."""
        if decision.outcome == "unroutable":
            failed = next((str(c["failed"]) for c in decision.candidates if "failed" in c), "no_warehouse")
            open_hold(self.changes, order, HoldReason.UNROUTABLE, Cause(failed))
        elif decision.outcome == "short":
            self.changes.add(order, e.BACKORDERED, {"shortages": {str(s): q for s, q in decision.short.items()}})
        elif any(suborder["id"] in refused for suborder in suborders):
            decision.outcome = "lost_race"
            reservations.void([row["id"] for suborder in suborders for row in suborder["lines"]])
        else:
            self.changes.add(order, e.ALLOCATED, {"decision_id": decision_id, "suborders": list(suborders)})


def policy() -> Policy:
    """The live routing rules as a policy: each rule's action sets some of its numbers; the newest word wins."""
    version, rules = live_rules("routing")
    numbers: dict[str, Any] = {
        key: int(value) for rule in rules for key, value in rule.action.items() if key in ROUTING_RULES.actions
    }
    return Policy(version=version, **numbers)


def _nets(order: Order, decision: Decision, rest: Mapping[int, int]) -> list[dict[int, int]]:
    """Net amount per part and line: what earlier sub-orders do not carry, split by units over the new parts."""
    nets: list[dict[int, int]] = [{} for _part in decision.parts]
    carried: dict[int, int] = {}
    for suborder in order.suborders.values():
        if suborder["status"] != "cancelled":
            for row in suborder["lines"].values():
                carried[row["line_no"]] = carried.get(row["line_no"], 0) + row["net_minor"]
    for line_no in rest:
        holders = [i for i, part in enumerate(decision.parts) if line_no in part.units]
        remaining = order.lines[line_no]["net_minor"] - carried.get(line_no, 0)
        units = [decision.parts[i].units[line_no] for i in holders]
        for i, share in zip(holders, line_shares(remaining, units, 0), strict=True):
            nets[i][line_no] = share
    return nets


def _freights(order: Order, decision: Decision, nets: Sequence[Mapping[int, int]]) -> list[int]:
    if not decision.parts:
        return []
    carried = sum(s["freight_minor"] for s in order.suborders.values() if s["status"] != "cancelled")
    weights = [max(sum(share.values()), 0) for share in nets]
    return split(order.header["freight_minor"] - carried, weights)
