"""What orders need from the floor above them; `fulfillment` provides it."""

from collections.abc import Sequence
from typing import Protocol


class Floor(Protocol):
    def recall(self, suborder_ids: Sequence[int]) -> None:
        """Take sub-orders of which nothing is picked off their walks, back to the pool, and their parcels apart. What
        somebody has begun to pick stays where it is: its status says so afterwards. Locks parcels, then orders, so it
        must be called before anything else is locked."""
        ...


_floor: Floor | None = None


def provide(floor: Floor) -> None:
    """Said once at start-up by `fulfillment`."""
    global _floor
    _floor = floor


def floor() -> Floor:
    if _floor is None:
        raise RuntimeError("nobody provided the floor")
    return _floor
