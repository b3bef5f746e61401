"""What carrying costs. Pure."""

from typing import Protocol


class RateLike(Protocol):
    """One price row: weights in g, prices in fen."""

    @property
    def first_g(self) -> int: ...
    @property
    def first_fen(self) -> int: ...
    @property
    def step_g(self) -> int: ...
    @property
    def step_fen(self) -> int: ...


def freight_fen(rate: RateLike, weight_g: int) -> int:
    """First weight, then every step begun: 1,001 g on a 1 kg + 1 kg sheet pays one step."""
    over = max(weight_g - rate.first_g, 0)
    return rate.first_fen + -(-over // rate.step_g) * rate.step_fen
