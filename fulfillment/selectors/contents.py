"""What belongs into a sub-order's parcel."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from catalog.models import PackSpec
from core.domain.rules import RuleData, evaluate
from core.selectors.rules import live_rules
from fulfillment.domain.weighing import Tolerance, expected
from oms.models import SubOrderLine


@dataclass(frozen=True, slots=True)
class Item:
    """`qty` units of a SKU; weight is g (0: not known), `material` what the pack spec wraps it in."""

    sku_id: int
    code: str
    name: str
    qty: int
    weight_g: int
    fragile: bool
    material: str = ""


def items(suborder_ids: Iterable[int]) -> dict[int, list[Item]]:
    """Sub-order id → what its parcel holds, SKU by SKU. A sub-order that wants nothing any more has no items."""
    ids = set(suborder_ids)
    lines = SubOrderLine.objects.filter(suborder_id__in=ids, qty__gt=0).select_related("sku").order_by("id")
    merged: dict[tuple[int, int], Item] = {}
    for line in lines:
        key = (line.suborder_id, line.sku_id)
        before = merged[key].qty if key in merged else 0
        sku = line.sku
        merged[key] = Item(sku.pk, sku.code, sku.name, before + line.qty, sku.weight_g, sku.is_fragile)
    materials = _materials({sku_id for _suborder, sku_id in merged})
    result: dict[int, list[Item]] = {suborder_id: [] for suborder_id in ids}
    for (suborder_id, sku_id), item in merged.items():
        wrapped = materials.get(sku_id, "")
        result[suborder_id].append(_wrapped(item, wrapped) if wrapped else item)
    return result


def _wrapped(item: Item, material: str) -> Item:
    return Item(item.sku_id, item.code, item.name, item.qty, item.weight_g, item.fragile, material)


def _materials(sku_ids: Iterable[int]) -> dict[int, str]:
    specs = PackSpec.objects.filter(sku_id__in=set(sku_ids), level=PackSpec.Level.EACH).exclude(material="")
    return dict(specs.values_list("sku_id", "material"))


def together(suborder_ids: Iterable[int], by_suborder: Mapping[int, Sequence[Item]]) -> list[Item]:
    """What a parcel of these sub-orders holds, SKU by SKU."""
    merged: dict[int, Item] = {}
    for item in (item for suborder_id in suborder_ids for item in by_suborder[suborder_id]):
        known = merged.get(item.sku_id)
        merged[item.sku_id] = replace(item, qty=item.qty + known.qty) if known else item
    return list(merged.values())


def expected_weights(boxes: Iterable[Sequence[int]]) -> list[int | None]:
    """What each parcel of such sub-orders should weigh, in g; None when a SKU was never weighed."""
    asked = [list(box) for box in boxes]
    rules = live_rules("weighing")[1]
    held = items(suborder_id for box in asked for suborder_id in box)
    return [expected_weight(together(box, held), rules) for box in asked]


def weights(suborder_ids: Iterable[int]) -> dict[int, int]:
    """Sub-order id → what its goods weigh by the book, in g, without box and filling."""
    return {key: sum(item.weight_g * item.qty for item in held) for key, held in items(suborder_ids).items()}


def expected_weight(held: Sequence[Item], rules: Sequence[RuleData]) -> int | None:
    weights = {item.code: item.weight_g for item in held}
    return expected(weights, {item.code: item.qty for item in held}, tolerance(held, rules))


def tolerance(held: Sequence[Item], rules: Sequence[RuleData]) -> Tolerance:
    """What the first weighing rule that fits says; what it leaves open, and everything without a rule, is the usual."""
    facts = {"units": sum(item.qty for item in held), "fragile": any(item.fragile for item in held)}
    matched, _trace = evaluate(rules, facts)
    known = {"packaging_g", "grams", "percent"}
    said = matched[0].action if matched else {}
    return Tolerance(**{key: int(value) for key, value in said.items() if key in known})
