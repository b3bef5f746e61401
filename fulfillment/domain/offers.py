"""Which carrier, at what price and speed. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from oms.domain.freight import RateLike, freight_fen


@dataclass(frozen=True, slots=True)
class Offer:
    """One carrier's price in fen and usual hours for this parcel."""

    carrier: str
    fen: int
    hours: int


class CarrierRate(RateLike, Protocol):
    """One carrier's price row and its usual hours."""

    @property
    def carrier(self) -> str: ...
    @property
    def hours(self) -> int: ...


def offers(rates: Iterable[CarrierRate], weight_g: int) -> list[Offer]:
    """Every carrier's offer, cheapest first, the faster one first at equal price."""
    made = [Offer(rate.carrier, freight_fen(rate, weight_g), rate.hours) for rate in rates]
    return sorted(made, key=lambda offer: (offer.fen, offer.hours, offer.carrier))


def choose(
    available: Sequence[Offer], *, prefer: str = "cheapest", carrier: str = "", within_hours: int = 0
) -> Offer | None:
    """The offer a rule wants: a named carrier if it serves, else the cheapest or fastest of those fast enough (or of
    all, when none is)."""
    named = [offer for offer in available if offer.carrier == carrier]
    if named:
        return named[0]
    quick = [offer for offer in available if not within_hours or offer.hours <= within_hours] or list(available)
    key = (lambda o: (o.hours, o.fen)) if prefer == "fastest" else (lambda o: (o.fen, o.hours))
    return min(quick, key=key, default=None)
