"""What fulfillment needs from a carrier; adapters in `integrations` provide it."""

from collections.abc import Sequence
from typing import Protocol

from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant, WaybillRequest

Answer = WaybillGrant | CarrierRefusal | CarrierUnknown


class CarrierGateway(Protocol):
    """Asks carriers for numbers. Both calls keep the order of what they were given and never let one bad request
    spoil another; what has no certain answer comes back as CarrierUnknown."""

    def request(self, requests: Sequence[WaybillRequest]) -> list[Answer]: ...

    def find(self, requests: Sequence[WaybillRequest]) -> list[Answer]:
        """What became of these references: the number granted, or CarrierRefusal (`not_found`) if none ever was."""
        ...


_gateway: CarrierGateway | None = None


def provide(gateway: CarrierGateway) -> None:
    global _gateway
    _gateway = gateway


def gateway() -> CarrierGateway:
    if _gateway is None:
        raise RuntimeError("no carrier gateway was provided")
    return _gateway
