"""Which bin each unit comes from. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Shelf:
    """What one bin has left of one SKU. Shelves are given in order of preference: pick faces before bulk, hot zones
    before cold ones."""

    bin_id: int
    left: int


@dataclass(frozen=True, slots=True)
class Want:
    """`qty` units of a SKU for one sub-order line."""

    line_id: int
    sku_id: int
    qty: int


@dataclass(frozen=True, slots=True)
class Take:
    """`qty` of what a line wants, out of one bin."""

    want: Want
    bin_id: int
    qty: int


@dataclass(slots=True)
class Binning:
    """`served` sub-orders get everything they want; each of `unserved` names the SKUs that no bin could give."""

    served: dict[int, list[Take]] = field(default_factory=dict)
    unserved: dict[int, list[int]] = field(default_factory=dict)


def serve(orders: Mapping[int, Sequence[Want]], shelves: Mapping[int, Sequence[Shelf]]) -> Binning:
    """Serve sub-orders in the order given, each whole or not at all. `shelves` (by SKU id) are used up."""
    result = Binning()
    for suborder_id, wants in orders.items():
        taken: list[tuple[Shelf, Take]] = []
        short = [want.sku_id for want in wants if not _fill(want, shelves.get(want.sku_id, ()), taken)]
        if short:
            for shelf, take in taken:
                shelf.left += take.qty
            result.unserved[suborder_id] = short
        elif taken:
            result.served[suborder_id] = [take for _shelf, take in taken]
    return result


def _fill(want: Want, shelves: Iterable[Shelf], taken: list[tuple[Shelf, Take]]) -> bool:
    """One bin that has it all is one stop less; otherwise the best bins are emptied in turn."""
    usable = [shelf for shelf in shelves if shelf.left > 0]
    whole = next((shelf for shelf in usable if shelf.left >= want.qty), None)
    missing = want.qty
    for shelf in [whole] if whole else usable:
        qty = min(shelf.left, missing)
        if qty:
            shelf.left -= qty
            missing -= qty
            taken.append((shelf, Take(want, shelf.bin_id, qty)))
    return missing == 0
