"""What a draft of risk rules would have done to past orders. Reads only."""

from dataclasses import dataclass

from core.domain.rules import evaluate
from core.models import Rule
from core.selectors.rules import as_data
from oms.models import Order
from oms.rows import stored_orders
from oms.services.risk import past_facts

SAMPLE = 1000


@dataclass(frozen=True, slots=True)
class Tried:
    """`hits` per rule name over `orders` past orders; `caught` names the first few orders each rule matched."""

    orders: int
    hits: dict[str, int]
    caught: dict[str, list[tuple[int, str]]]


def dry_run(rule_set_id: int) -> Tried:
    """Run a rule set over the newest orders; a rule that never matches shows as 0."""
    rules = [as_data(rule) for rule in Rule.objects.filter(rule_set_id=rule_set_id, enabled=True).order_by("position")]
    orders = stored_orders(list(Order.objects.order_by("-id").values_list("id", flat=True)[:SAMPLE]))
    hits = {rule.name: 0 for rule in rules}
    caught: dict[str, list[tuple[int, str]]] = {rule.name: [] for rule in rules}
    for order, facts in past_facts(list(orders.values())):
        matched, _trace = evaluate(rules, facts)
        for rule in matched:
            hits[rule.name] += 1
            if len(caught[rule.name]) < 5:
                caught[rule.name].append((order.id, order.header["order_no"]))
    return Tried(len(orders), hits, caught)
