"""Screen orders: the lists of known people, and the live risk rules over typed facts. What a shadow version finds is
noted, and holds nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.domain.rules import RuleData, matches, seen
from core.selectors.rules import Version, in_force
from core.services import bulk
from core.services.rules import read_what_holds
from oms.domain.order import Order
from oms.domain.risk import facts_of
from oms.domain.status import TRUSTED, HoldReason
from oms.models import RuleHit
from oms.selectors.risk_facts import Screen
from oms.services.holds import Cause

Hit = tuple[RuleData, list[dict[str, Any]]]


def screen(orders: Sequence[Order]) -> dict[int, dict[HoldReason, Cause]]:
    """Why each order should be held, by order id. A fixed number of queries whatever their number: one for the
    versions in force, one for the lists, one for each group of facts that a rule asks for."""
    if not orders:
        return {}
    read_what_holds("risk")
    live, shadow = in_force("risk")
    known = Screen(orders, (*live.rules, *shadow.rules))
    result, noted = {}, []
    for order in orders:
        facts = facts_of(order, known.around(order), known.fields)
        hits = found(live, order, facts, known)
        result[order.id] = _causes(live, hits) | _listed(order, known)
        noted += [_row(order, hit, shadow=False) for hit in hits]
        noted += [_row(order, hit, shadow=True) for hit in found(shadow, order, facts, known)]
    _note(noted)
    return result


def found(version: Version, order: Order, facts: Mapping[str, Any], known: Screen) -> list[Hit]:
    """The rules of a version that match; for a whitelisted buyer only those that no trust covers."""
    hits = [(rule, seen(rule, facts)) for rule in version.rules if matches(rule, facts)]
    if hits and known.whitelisted(order):
        return [hit for hit in hits if reason_of(hit[0]) not in TRUSTED]
    return hits


def reason_of(rule: RuleData) -> HoldReason:
    return HoldReason(rule.action.get("hold", HoldReason.RULE))


def _causes(version: Version, hits: Sequence[Hit]) -> dict[HoldReason, Cause]:
    """One cause per reason, naming every rule that says so."""
    by_reason: dict[HoldReason, list[Hit]] = {}
    for hit in hits:
        by_reason.setdefault(reason_of(hit[0]), []).append(hit)
    return {
        reason: Cause(
            " · ".join(rule.name for rule, _facts in same),
            [
                {"rule": rule.name, "rule_set": version.id, "version": version.version, "facts": facts}
                for rule, facts in same
            ],
        )
        for reason, same in by_reason.items()
    }


def _listed(order: Order, known: Screen) -> dict[HoldReason, Cause]:
    entry = known.blacklisted(order)
    if entry is None:
        return {}
    trace = {"list": entry.pk, "facts": [{"field": "blacklist", "op": "eq", "value": entry.kind, "fact": entry.shown}]}
    return {HoldReason.BLACKLIST: Cause(entry.reason, [trace])}


def _row(order: Order, hit: Hit, *, shadow: bool) -> dict[str, Any]:
    rule, facts = hit
    return {"order_id": order.id, "rule_id": rule.id, "shadow": shadow, "facts": facts}


def _note(rows: Sequence[dict[str, Any]]) -> None:
    """Keep each rule's latest word on an order; what a version found in the shadow stays told apart."""
    bulk.upsert(RuleHit, rows, ["rule_id", "order_id", "shadow"])
