"""The walk of a wave. Pure: bins are points on an aisle grid, in mm; the answer is in metres.

Aisles run along y between a near cross aisle (y = 0, where the depot stands at x = 0) and a far one. One walks straight
inside an aisle and changes aisles only over a cross aisle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

METRES_PER_MINUTE = 60  # a loaded cart, stops excluded


@dataclass(frozen=True, slots=True)
class Stop:
    """One bin to visit: its aisle number and its place, in mm from the depot's corner."""

    bin_id: int
    aisle: int
    x_mm: int
    y_mm: int


def s_shape(stops: Iterable[Stop]) -> list[Stop]:
    """Aisles from the depot outwards, up the first and down the next: each aisle is entered once. A bin given twice is
    visited once."""
    aisles: dict[int, list[Stop]] = {}
    for stop in sorted(set(stops), key=lambda s: (s.y_mm, s.x_mm, s.bin_id)):
        aisles.setdefault(stop.aisle, []).append(stop)
    nearest_first = sorted(aisles, key=lambda aisle: (min(s.x_mm for s in aisles[aisle]), aisle))
    walk: list[Stop] = []
    for turn, aisle in enumerate(nearest_first):
        walk.extend(reversed(aisles[aisle]) if turn % 2 else aisles[aisle])
    return walk


def metres(walk: Sequence[Stop], far_mm: int) -> int:
    """Length of the walk from the depot and back, rounded up. `far_mm` is where the far cross aisle lies; bins beyond
    it push it out."""
    far = max([far_mm, *(stop.y_mm for stop in walk)], default=0)
    total, x, y = 0, 0, 0
    aisle: int | None = None
    for stop in walk:
        if stop.aisle == aisle:
            total += abs(stop.x_mm - x) + abs(stop.y_mm - y)
        elif aisle is None:
            total += stop.x_mm + stop.y_mm
        else:
            total += abs(stop.x_mm - x) + min(y + stop.y_mm, (far - y) + (far - stop.y_mm))
        x, y, aisle = stop.x_mm, stop.y_mm, stop.aisle
    return -(-(total + x + y) // 1000)


def metres_apart(orders: Iterable[Iterable[Stop]], far_mm: int) -> int:
    """What fetching each order on a walk of its own would come to: what the wave saves is the difference."""
    return sum(metres(s_shape(stops), far_mm) for stops in orders)
