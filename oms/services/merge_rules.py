"""Which orders belong together: asked of every order that has its goods, a batch at a time.

What rules would do is written down first and done afterwards, each merge on its own: a lost worker costs nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection, transaction

from catalog.selectors import skus
from core import clock
from core.context import current
from core.domain.rules import RuleData, matches
from core.doorbell import ring
from core.errors import OneRopeError
from core.selectors.rules import live_rules
from core.services import audit
from oms.domain.merge import facts, live, merged, why_not
from oms.domain.order import Order
from oms.models import MergeProposal
from oms.models.merge import ProposalState
from oms.rows import stored_orders
from oms.selectors.merges import STALE
from oms.services import merging
from oms.services.allocation import parcel_class

BATCH = 500


def look(limit: int = BATCH) -> int:
    """Find company for up to `limit` orders that nobody has looked at; returns how many those were."""
    with transaction.atomic():
        with connection.cursor() as cursor:  # two who look at once would propose the same
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('oms.merge'))")
        ids = _take(limit)
        _judge(_with_company(ids))
    return len(ids)


def _take(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            """DELETE FROM oms_mergelook WHERE order_id IN
                 (SELECT order_id FROM oms_mergelook ORDER BY order_id LIMIT %s FOR UPDATE SKIP LOCKED)
               RETURNING order_id""",
            [limit],
        )
        return [row[0] for row in cursor.fetchall()]


def _with_company(order_ids: Sequence[int]) -> list[int]:
    """Orders here that share the receiver of one of these, itself included, where there is more than one."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT id FROM
                 (SELECT o.id, count(*) OVER (PARTITION BY o.merge_key) AS company FROM oms_order o
                   WHERE o.status IN ('allocated', 'fulfilling') AND o.merge_key <> '' AND o.merge_key IN
                         (SELECT merge_key FROM oms_order WHERE id = ANY(%s) AND merge_key <> '')) mates
                WHERE company > 1""",
            [list(order_ids)],
        )
        return [row[0] for row in cursor.fetchall()]


def _judge(order_ids: Sequence[int]) -> None:
    """Write down what the rules would do with the groups that these orders form."""
    version, rules = live_rules("merge")
    groups = [(key, orders) for key, orders in _groups(order_ids).items() if _apart(orders)]
    if not groups or not rules:
        return
    keys = {key for (key, _kind), _orders in groups}
    declined = _declined(keys)
    known = _open(keys)
    fresh: list[MergeProposal] = []
    changed: list[MergeProposal] = []
    for (key, kind), orders in groups:
        ids = sorted(order.id for order in orders)
        if any(declined_ids.issuperset(ids) for declined_ids in declined.get(key, ())):
            continue
        seen = facts(orders, _ages(orders))
        rule = next((rule for rule in rules if matches(rule, seen)), None)
        if rule is None or rule.action.get("merge") not in {"auto", "propose"}:
            continue
        row = known.get((key, kind)) or MergeProposal(merge_key=key, kind=kind)
        (changed if row.pk else fresh).append(_say(row, orders, rule, version, dict(seen)))
    MergeProposal.objects.bulk_create(fresh)
    MergeProposal.objects.bulk_update(
        changed, ["order_ids", "shop_ids", "by_rule", "rule", "rule_version", "facts", "proposed_at"]
    )


def _groups(order_ids: Sequence[int]) -> dict[tuple[str, str], list[Order]]:
    """Those of the orders that may be merged now, by receiver and kind: each shop's by themselves, then all of them
    where they are of several shops. What a rule does within a shop does not wait for the word about the others."""
    able = [order for order in stored_orders(order_ids).values() if not why_not(order)]
    goods = skus.facts({line["sku_id"] for o in able for row in live(o) for line in row["lines"].values()})
    everybody: dict[tuple[str, str], list[Order]] = {}
    by_shop: dict[tuple[str, str], list[Order]] = {}
    for order in able:
        if (group := merging.group_of(order, parcel_class(order, goods))) is not None:
            everybody.setdefault((group.merge_key, group.kind), []).append(order)
            by_shop.setdefault((group.merge_key, f"{group.kind}:{order.header['shop_id']}"), []).append(order)
    several = {key: orders for key, orders in everybody.items() if len({o.header["shop_id"] for o in orders}) > 1}
    return {key: orders[: merging.MAX_ORDERS] for key, orders in {**by_shop, **several}.items()}


def _apart(orders: Sequence[Order]) -> bool:
    """Is there anything left to merge?"""
    merges = {row["merge_id"] if (row := merged(order)) else None for order in orders}
    return len(orders) > 1 and (len(merges) > 1 or None in merges)


def _declined(merge_keys: Iterable[str]) -> dict[str, list[set[int]]]:
    """Orders that somebody wants apart, by receiver."""
    rows = MergeProposal.objects.filter(merge_key__in=merge_keys, state=ProposalState.DECLINED)
    result: dict[str, list[set[int]]] = {}
    for key, ids in rows.values_list("merge_key", "order_ids"):
        result.setdefault(key, []).append(set(ids))
    return result


def _open(merge_keys: Iterable[str]) -> dict[tuple[str, str], MergeProposal]:
    rows = MergeProposal.objects.select_for_update().filter(merge_key__in=merge_keys, state=ProposalState.OPEN)
    return {(row.merge_key, row.kind): row for row in rows.order_by("id")}


def _ages(orders: Iterable[Order]) -> list[int]:
    paid = (order.header["paid_at"] for order in orders)
    return [int((clock.now() - datetime.fromisoformat(at)).total_seconds() // 60) for at in paid if at]


def _say(
    row: MergeProposal, orders: Sequence[Order], rule: RuleData, version: int, seen: dict[str, object]
) -> MergeProposal:
    row.order_ids = sorted(order.id for order in orders)
    row.shop_ids = sorted({order.header["shop_id"] for order in orders})
    row.by_rule, row.rule, row.rule_version = rule.action["merge"] == "auto", rule.name, version
    row.facts, row.proposed_at = seen, clock.now()
    return row


def carry_out(limit: int = BATCH) -> int:
    """Merge what a rule merges by itself, each on its own; returns how many of these went through. One that comes too
    late is forgotten: its orders are on their way."""
    rows = MergeProposal.objects.filter(state=ProposalState.OPEN, by_rule=True).order_by("id")
    return sum(_carry_out(row_id) for row_id in list(rows.values_list("id", flat=True)[:limit]))


def _carry_out(proposal_id: int) -> bool:
    with transaction.atomic():
        row = _locked(proposal_id)
        if row is None:
            return False
        try:
            merging.merge_what_can(row.order_ids, rule=row.rule)
        except OneRopeError as exc:
            _close(row.pk, ProposalState.GONE, exc.code)
            return False
        _close(row.pk, ProposalState.MERGED, "")
    return True


def accept(proposal_id: int, note: str) -> int:
    """Merge what was proposed; returns how many of its orders must leave by themselves, because no warehouse has them
    all. Raises what `merging.merge` raises; a proposal that is settled already stays so."""
    with transaction.atomic():
        row = _locked(proposal_id)
        left = merging.merge_what_can(row.order_ids, note) if row else 0
        _close(proposal_id, ProposalState.MERGED, note)
    return left


def _locked(proposal_id: int) -> MergeProposal | None:
    """The proposal, unless somebody settled it."""
    rows = MergeProposal.objects.select_for_update().filter(id=proposal_id, state=ProposalState.OPEN)
    return rows.first()


def decline(proposal_id: int, note: str) -> int:
    """Leave these orders apart: no part of them is proposed again. A proposal that is settled already stays so.
    Returns 0: nothing that was asked for was left undone."""
    with transaction.atomic():
        if _close(proposal_id, ProposalState.DECLINED, note):
            audit.record("merge.decline", f"oms.mergeproposal:{proposal_id}", reason=note)
    return 0


def _close(proposal_id: int, state: ProposalState, note: str) -> bool:
    """False when somebody settled it before."""
    row = MergeProposal.objects.filter(id=proposal_id, state=ProposalState.OPEN)
    return row.update(state=state, note=note[:200], decided_at=clock.now(), decided_by=current().actor) == 1


def refresh(limit: int = BATCH) -> int:
    """Proposals of which an order has gone its way: what is left is looked at anew. Returns how many there were."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"""WITH stale AS (SELECT p.id {STALE} LIMIT %s),
                     gone AS (UPDATE oms_mergeproposal p SET state = 'gone', decided_at = now(), decided_by = 'machine'
                               FROM stale WHERE p.id = stale.id RETURNING p.order_ids),
                     again AS (INSERT INTO oms_mergelook (order_id)
                               SELECT DISTINCT o.id FROM gone JOIN oms_order o ON o.id = ANY(gone.order_ids)
                                WHERE o.status = 'allocated' ON CONFLICT DO NOTHING)
                SELECT count(*) FROM gone""",  # noqa: S608 - a constant
            [limit],
        )
        found = int(cursor.fetchone()[0])
        if found:
            ring("oms.tasks.merge")
    return found
