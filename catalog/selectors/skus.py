"""What the router needs to know of SKUs."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import BundleComponent, Sku


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """Weight in g, cost in fen; `parts` is what one unit is picked as: itself, or a bundle's components."""

    id: int
    code: str
    weight_g: int
    cost_fen: int
    temperature: str
    is_hazardous: bool
    is_bulky: bool
    parts: tuple[tuple[int, int], ...]  # (sku id, units of it)


def facts(sku_ids: Iterable[int]) -> dict[int, SkuFacts]:
    """Facts of these SKUs and of every component of the bundles among them."""
    ids = set(sku_ids)
    parts: dict[int, list[tuple[int, int]]] = {}
    for bundle, component, qty in BundleComponent.objects.filter(bundle_id__in=ids).values_list(
        "bundle_id", "component_id", "qty"
    ):
        parts.setdefault(bundle, []).append((component, qty))
    ids.update(component for components in parts.values() for component, _qty in components)
    rows = Sku.objects.filter(id__in=ids).values_list(
        "id", "code", "weight_g", "cost_fen", "temperature", "is_hazardous", "is_bulky"
    )
    return {row[0]: SkuFacts(*row, parts=tuple(sorted(parts.get(row[0], [(row[0], 1)])))) for row in rows}
