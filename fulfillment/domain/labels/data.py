"""What stands on a waybill label."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LabelParty:
    """A sender or receiver. The receiver's name and both phones are masked when drawn, however they come."""

    name: str
    phone: str
    address: str


@dataclass(frozen=True, slots=True)
class LabelData:
    """One parcel's label. `printed_at` is aware; `content_hash` is what makes a reprint of changed content detectable;
    `qr_text` defaults to the waybill number; `items` are (name, quantity); `weight_g` is None when not weighed."""

    waybill_no: str
    carrier_name: str
    receiver: LabelParty
    sender: LabelParty
    printed_at: datetime
    sort_code: str = ""  # 三段码
    package_center: str = ""  # 集包地
    product: str = "标快"
    order_nos: tuple[str, ...] = ()
    items: tuple[tuple[str, int], ...] = ()
    note: str = ""
    weight_g: int | None = None
    piece: int = 1
    pieces: int = 1
    content_hash: str = ""
    qr_text: str = ""

    def texts(self) -> Iterator[str]:
        """Everything that is printed in letters."""
        yield from (self.waybill_no, self.carrier_name, self.sort_code, self.package_center, self.product, self.note)
        for party in (self.receiver, self.sender):
            yield from (party.name, party.phone, party.address)
        yield from self.order_nos
        yield from (name for name, _qty in self.items)
