"""What an order cost and what it left. Pure; amounts in fen."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rates:
    """What a parcel costs besides goods and freight: wrapping, and people's time at `hourly_fen` for `seconds`."""

    packing_fen: int
    hourly_fen: int
    seconds: int

    def labour_fen(self, seconds: int | None = None) -> int:
        """Cost of `seconds` of work (default: the usual time of a parcel), to the nearest fen."""
        time = self.seconds if seconds is None else seconds
        return (self.hourly_fen * time + 1800) // 3600


# Until finance enters its own: the founding document's ¥28 an hour and five minutes an order, and ¥0.60 for a box.
DEFAULT_RATES = Rates(packing_fen=60, hourly_fen=2800, seconds=300)


@dataclass(frozen=True, slots=True)
class Profit:
    """One order's money in fen. Freight counts as billed once the carrier has billed it, as estimated until then."""

    paid: int
    refunded: int
    goods: int
    packing: int
    labour: int
    freight: int
    platform_fee: int
    after_sales: int

    @property
    def kept(self) -> int:
        return self.paid - self.refunded

    @property
    def cost(self) -> int:
        return self.goods + self.packing + self.labour + self.freight + self.platform_fee + self.after_sales

    @property
    def left(self) -> int:
        return self.kept - self.cost
