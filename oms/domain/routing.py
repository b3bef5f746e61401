"""Which warehouse ships what. Pure: stock and prices come in, a decision with its reasons goes out.

A need is one order line: `units` of something that is picked as `parts`. Things that may not share a parcel (other
temperature, hazardous, bulky) are routed apart. Within such a class the cheapest assignment over all sets of at most
`max_parcels` warehouses is found by trying them all; only when that is more than `MAX_PLANS` is the rest skipped and
the decision marked as not proven optimal.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

StockKey = tuple[int, int]  # (sku id, warehouse id)
ParcelClass = tuple[str, bool, bool]  # (temperature, hazardous, bulky): what may lie in one box
MAX_PLANS = 20_000
KEPT_PLANS = 5


@dataclass(frozen=True, slots=True)
class Need:
    """`units` of one line still to place. `parts` is what one unit is picked as; weight of one unit in g."""

    line_no: int
    units: int
    parts: tuple[tuple[int, int], ...]
    weight_g: int
    temperature: str
    is_hazardous: bool
    is_bulky: bool

    @property
    def parcel_class(self) -> ParcelClass:
        return (self.temperature, self.is_hazardous, self.is_bulky)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A warehouse as this order sees it. `rates` are `(first_g, first_fen, step_g, step_fen, hours)` of every carrier
    to the destination; `priority` 1 is the shop's favourite."""

    id: int
    name: str
    priority: int
    temperatures: frozenset[str]
    takes_hazardous: bool
    takes_bulky: bool
    handling_fen: int
    rates: tuple[tuple[int, int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the routing rules say. Penalties in fen: per parcel beyond the first, per step of shop priority, and per
    hour later than `promise_hours`."""

    version: int = 0
    max_parcels: int = 3
    split_fen: int = 300
    priority_fen: int = 50
    late_hour_fen: int = 20
    promise_hours: int = 72
    whole: bool = False  # one parcel from one warehouse, or nothing


@dataclass(frozen=True, slots=True)
class Part:
    """One warehouse's share: units per line_no, and its freight estimate."""

    warehouse_id: int
    units: Mapping[int, int]
    freight_fen: int
    weight_g: int
    hours: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete assignment and what it costs, term by term, in fen."""

    parts: tuple[Part, ...]
    terms: Mapping[str, int]

    @property
    def cost_fen(self) -> int:
        return sum(self.terms.values())


@dataclass(slots=True)
class Decision:
    """`plan` parts to create, or why not: `short` names missing units per SKU, `unroutable` the first failed constraint
    of every warehouse. `candidates` and `plans` are the record that answers "why here?"."""

    parts: list[Part] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)
    outcome: str = "routed"
    optimal: bool = True
    candidates: list[dict[str, object]] = field(default_factory=list)
    plans: list[dict[str, object]] = field(default_factory=list)


def route(
    needs: Sequence[Need], candidates: Sequence[Candidate], stock: Mapping[StockKey, int], policy: Policy
) -> Decision:
    """Place every need, or none: an order ships whole or waits whole."""
    decision = Decision()
    classes = _classes(needs)
    if policy.whole and len(classes) > 1:
        decision.outcome = "unroutable"
        decision.candidates = [{"warehouse_id": each.id, "failed": "no_split"} for each in candidates]
        return decision
    left = {(sku, c.id): stock.get((sku, c.id), 0) for need in needs for sku, _qty in need.parts for c in candidates}
    for parcel_class, members in sorted(classes.items()):
        able = _able(parcel_class, candidates, decision)
        if not able:
            decision.outcome = "unroutable"
            continue
        plans, proven = _cheapest(members, able, left, policy)
        decision.optimal &= proven
        decision.plans.extend(_record(plan, members) for plan in plans)
        if not plans:
            _note_short(members, able, left, decision)
            continue
        decision.parts.extend(plans[0].parts)
        for part in plans[0].parts:
            _consume(left, part, members)
    if decision.short and decision.outcome == "routed":
        decision.outcome = "short"
    if decision.outcome != "routed":
        decision.parts = []
    return decision


def _classes(needs: Iterable[Need]) -> dict[ParcelClass, list[Need]]:
    classes: dict[ParcelClass, list[Need]] = {}
    for need in needs:
        classes.setdefault(need.parcel_class, []).append(need)
    return classes


def _able(parcel_class: ParcelClass, candidates: Sequence[Candidate], decision: Decision) -> list[Candidate]:
    temperature, hazardous, bulky = parcel_class
    able = []
    for candidate in candidates:
        failed = None
        if temperature not in candidate.temperatures:
            failed = f"temperature:{temperature}"
        elif hazardous and not candidate.takes_hazardous:
            failed = "hazardous"
        elif bulky and not candidate.takes_bulky:
            failed = "bulky"
        elif not candidate.rates:
            failed = "no_carrier_to_destination"
        else:
            able.append(candidate)
        decision.candidates.append(
            {"warehouse_id": candidate.id, "class": list(parcel_class), **({"failed": failed} if failed else {})}
        )
    return able


def _capacity(need: Need, warehouse_id: int, stock: Mapping[StockKey, int]) -> int:
    """Units of the need that the warehouse could give if it served nothing else."""
    return max(min(stock.get((sku, warehouse_id), 0) // qty for sku, qty in need.parts), 0)


def _cheapest(
    needs: Sequence[Need], able: Sequence[Candidate], stock: Mapping[StockKey, int], policy: Policy
) -> tuple[list[Plan], bool]:
    """The few cheapest plans, best first, and whether every plan was looked at."""
    best: list[Plan] = []
    tried = 0
    most = 1 if policy.whole else policy.max_parcels
    for size in range(1, min(most, len(able)) + 1):
        if best and _at_least(size, able, policy) >= best[0].cost_fen:
            break
        for chosen in combinations(able, size):
            for units in _assignments(needs, chosen, stock):
                tried += 1
                if tried > MAX_PLANS:
                    return best, False
                plan = _price(needs, chosen, units, policy)
                best = sorted([*best, plan], key=lambda p: (p.cost_fen, len(p.parts), p.parts[0].warehouse_id))[
                    :KEPT_PLANS
                ]
    return best, True


def _at_least(parcels: int, able: Sequence[Candidate], policy: Policy) -> int:
    """No plan of so many parcels is cheaper: each pays a warehouse's handling and some carrier's first weight."""
    cheapest = sorted(c.handling_fen + min(rate[1] for rate in c.rates) for c in able)
    return sum(cheapest[:parcels]) + (parcels - 1) * policy.split_fen


def _assignments(
    needs: Sequence[Need], chosen: Sequence[Candidate], stock: Mapping[StockKey, int]
) -> Iterator[dict[int, dict[int, int]]]:
    """Every way to give each need to the chosen warehouses so that all of them are used: a need goes whole to one
    warehouse if any can take it whole, otherwise it is poured over them in order. Yields warehouse → line → units."""
    options: list[list[dict[int, int]]] = []
    for need in needs:
        whole = [{c.id: need.units} for c in chosen if _capacity(need, c.id, stock) >= need.units]
        poured = _pour(need, chosen, stock)
        if not whole and poured is None:
            return
        options.append(whole or [poured or {}])
    for combination in product(*options):
        units: dict[int, dict[int, int]] = {}
        for need, share in zip(needs, combination, strict=True):
            for warehouse_id, count in share.items():
                units.setdefault(warehouse_id, {})[need.line_no] = count
        if len(units) == len(chosen) and _fits(needs, units, stock):
            yield units


def _pour(need: Need, chosen: Sequence[Candidate], stock: Mapping[StockKey, int]) -> dict[int, int] | None:
    share, missing = {}, need.units
    for candidate in sorted(chosen, key=lambda c: (-_capacity(need, c.id, stock), c.priority)):
        take = min(_capacity(need, candidate.id, stock), missing)
        if take:
            share[candidate.id] = take
            missing -= take
    return None if missing else share


def _fits(needs: Sequence[Need], units: Mapping[int, Mapping[int, int]], stock: Mapping[StockKey, int]) -> bool:
    """Several needs may want the same SKU of the same warehouse."""
    by_line = {need.line_no: need for need in needs}
    for warehouse_id, share in units.items():
        wanted: dict[int, int] = {}
        for line_no, count in share.items():
            for sku, qty in by_line[line_no].parts:
                wanted[sku] = wanted.get(sku, 0) + qty * count
        if any(stock.get((sku, warehouse_id), 0) < qty for sku, qty in wanted.items()):
            return False
    return True


def _price(
    needs: Sequence[Need], chosen: Sequence[Candidate], units: Mapping[int, Mapping[int, int]], policy: Policy
) -> Plan:
    by_line = {need.line_no: need for need in needs}
    parts, handling, priority, late = [], 0, 0, 0
    for candidate in chosen:
        share = units[candidate.id]
        weight = sum(by_line[no].weight_g * count for no, count in share.items())
        freight, hours = min(
            (first_fen + -(-max(weight - first_g, 0) // step_g) * step_fen, hours)
            for first_g, first_fen, step_g, step_fen, hours in candidate.rates
        )
        parts.append(Part(candidate.id, dict(share), freight, weight, hours))
        handling += candidate.handling_fen
        priority += (candidate.priority - 1) * policy.priority_fen
        late += max(hours - policy.promise_hours, 0) * policy.late_hour_fen
    terms = {
        "freight": sum(part.freight_fen for part in parts),
        "handling": handling,
        "split": (len(parts) - 1) * policy.split_fen,
        "priority": priority,
        "late": late,
    }
    return Plan(tuple(parts), terms)


def _record(plan: Plan, needs: Sequence[Need]) -> dict[str, object]:
    return {
        "warehouse_ids": [part.warehouse_id for part in plan.parts],
        "cost_fen": plan.cost_fen,
        "terms": dict(plan.terms),
        "hours": max(part.hours for part in plan.parts),
        "lines": [need.line_no for need in needs],
    }


def _note_short(
    needs: Sequence[Need], able: Sequence[Candidate], stock: Mapping[StockKey, int], decision: Decision
) -> None:
    """Which SKUs are missing over all able warehouses; if none is, the pieces lie too scattered to be one order."""
    wanted: dict[int, int] = {}
    for need in needs:
        for sku, qty in need.parts:
            wanted[sku] = wanted.get(sku, 0) + qty * need.units
    have = {sku: sum(max(stock.get((sku, c.id), 0), 0) for c in able) for sku in wanted}
    missing = {sku: qty - have[sku] for sku, qty in wanted.items() if have[sku] < qty}
    decision.short.update(missing or dict.fromkeys(wanted, 1))


def _consume(stock: dict[StockKey, int], part: Part, needs: Sequence[Need]) -> None:
    for need in needs:
        for sku, qty in need.parts:
            key = (sku, part.warehouse_id)
            stock[key] = stock.get(key, 0) - qty * part.units.get(need.line_no, 0)
