"""Product bundles and composites: WooCommerce lists the container *and* its components as lines.

Shipping both would send the goods twice. Where the components travel themselves the container is only a price tag: its
money moves to them and it goes. Where the container is packed as one thing the components are only its contents. Where
some are packed inside and some travel beside it, both kinds are lines.

Told by Product Bundles, Composite Products and Mix and Match (fields or cart keys) and by WPC bundles (product ids).
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from integrations.channels.fields import Notes, Row, apportion, rows, text
from oms.domain.canonical import CanonicalLine


def settle(lines: Sequence[CanonicalLine], items: Mapping[str, Row], notes: Notes) -> tuple[CanonicalLine, ...]:
    """`lines` without double counting; Σ net_minor stays the same. `items` are the raw rows by line id."""
    parents = _parents(items)
    result: list[CanonicalLine] = []
    for line in lines:
        children = [other for other in lines if parents.get(other.line_id) == line.line_id]
        if parents.get(line.line_id) in items:
            continue  # placed with its container
        if not children:
            result.append(line)
            continue
        travelling = [child for child in children if _needs_shipping(items[child.line_id])]
        if travelling and len(travelling) < len(children):
            notes.add(
                "bundle_mixed", f"line {line.line_id} ships beside {len(travelling)} of its {len(children)} parts"
            )
            inside = sum(child.net_minor for child in children if child not in travelling)
            result.append(replace(line, net_minor=line.net_minor + inside))
            result.extend(travelling)
        elif travelling:
            notes.add("bundle_opened", f"line {line.line_id} is sold as {len(children)} lines; its price is theirs")
            result.extend(_share(line, travelling))
        else:
            notes.add("bundle_whole", f"line {line.line_id} ships as one; its parts are not counted")
            result.append(replace(line, net_minor=line.net_minor + sum(child.net_minor for child in children)))
    return tuple(result)


def _share(container: CanonicalLine, children: Sequence[CanonicalLine]) -> list[CanonicalLine]:
    weights = [child.net_minor or child.qty for child in children]
    shares = apportion(container.net_minor, weights, [child.line_id for child in children])
    return [
        replace(child, net_minor=child.net_minor + share, parent_line_id=container.line_id)
        for child, share in zip(children, shares, strict=True)
    ]


def _parents(items: Mapping[str, Row]) -> dict[str, str]:
    """line id -> its container's, from the plugins' fields or, before those, from their cart keys in `meta_data`."""
    keys = {meta(item, name): line_id for line_id, item in items.items() for name in _OWN_KEYS if meta(item, name)}
    containers = {text(item.get("product_id")): line_id for line_id, item in items.items() if meta(item, _WPC_PARTS)}
    found: dict[str, str] = {}
    for line_id, item in items.items():
        parent = text(item.get("bundled_by")) or text(item.get("composite_parent"))
        if not parent:
            wanted = next((meta(item, name) for name in _PARENT_KEYS if meta(item, name)), "")
            parent = keys.get(wanted, "") or containers.get(meta(item, _WPC_PARENT), "")
        if parent and parent != line_id:
            found[line_id] = parent
    return found


_OWN_KEYS = ("_bundle_cart_key", "_composite_cart_key", "_mnm_cart_key")
_PARENT_KEYS = ("_bundled_by", "_composite_parent", "_mnm_container")
_WPC_PARTS, _WPC_PARENT = "_woosb_ids", "_woosb_parent_id"
_SHIPPING_KEYS = ("_bundled_item_needs_shipping", "_composite_item_needs_shipping", "_mnm_item_needs_shipping")


def _needs_shipping(item: Row) -> bool:
    return not any(meta(item, name) == "no" for name in _SHIPPING_KEYS)


def meta(row: Row, key: str) -> str:
    """The text of one `meta_data` entry, '' without."""
    return next((text(entry.get("value")) for entry in rows(row.get("meta_data")) if entry.get("key") == key), "")
