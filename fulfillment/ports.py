"""What fulfillment needs from a carrier; adapters in `integrations` provide it."""

from collections.abc import Sequence
from typing import Protocol

from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant, WaybillRequest

Answer = WaybillGrant | CarrierRefusal | CarrierUnknown


class CarrierGateway(Protocol):
    """Speaks to carriers about numbers. Every call keeps the order of what it was given and never lets one bad request
    spoil another; what has no certain answer comes back as CarrierUnknown (returned, not raised)."""

    def request(self, requests: Sequence[WaybillRequest]) -> list[Answer]:
        """Ask for numbers. The same reference gets the same number however often it is asked."""
        ...

    def find(self, requests: Sequence[WaybillRequest]) -> list[Answer]:
        """What became of these references: the number granted, or CarrierRefusal (`not_found`) if none ever was."""
        ...

    def cancel(self, grants: Sequence[WaybillGrant]) -> list[CarrierRefusal | CarrierUnknown | None]:
        """Give numbers back. None: done (also when it was given back before); a refusal is final (it was scanned)."""
        ...


_gateway: CarrierGateway | None = None


def provide(gateway: CarrierGateway) -> None:
    """Said once at start-up by `integrations` (and by tests)."""
    global _gateway
    _gateway = gateway


def gateway() -> CarrierGateway:
    if _gateway is None:
        raise RuntimeError("no carrier gateway was provided")
    return _gateway
