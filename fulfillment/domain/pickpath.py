"""The walk of a wave. Pure: bins are points on an aisle grid, in mm; the answer is in metres."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stop:
    """One bin to visit: its aisle number and its place, in mm from the depot's corner."""

    bin_id: int
    aisle: int
    x_mm: int
    y_mm: int


def s_shape(stops: Iterable[Stop]) -> list[Stop]:
    """Aisles in turn, up the first and down the next: each aisle is entered once."""
    aisles: dict[int, list[Stop]] = {}
    for stop in set(stops):
        aisles.setdefault(stop.aisle, []).append(stop)
    walk: list[Stop] = []
    for turn, aisle in enumerate(sorted(aisles)):
        walk.extend(sorted(aisles[aisle], key=lambda s: (s.y_mm, s.bin_id), reverse=bool(turn % 2)))
    return walk


def metres(walk: Sequence[Stop]) -> int:
    """Length of the walk from the depot at (0, 0) and back, rounded up.

    Inside an aisle one walks straight; between aisles one must reach a cross aisle first, at the near end (y = 0) or
    the far end of the warehouse, whichever makes the shorter way.
    """
    if not walk:
        return 0
    far = max(stop.y_mm for stop in walk)
    total, x, y, aisle = 0, 0, 0, walk[0].aisle
    for stop in walk:
        if stop.aisle == aisle:
            total += abs(stop.x_mm - x) + abs(stop.y_mm - y)
        else:
            total += abs(stop.x_mm - x) + min(y + stop.y_mm, (far - y) + (far - stop.y_mm))
        x, y, aisle = stop.x_mm, stop.y_mm, stop.aisle
    return -(-(total + x + y) // 1000)
