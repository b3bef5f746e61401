"""What all mappers decide the same way: may the warehouse start on this order, and if not, why."""

from collections.abc import Sequence

from integrations.channels.fields import Notes
from oms.domain.canonical import CanonicalLine, CanonicalReceiver, HoldCode, LineRefund, OrderState

NOT_AN_ORDER = "not_an_order: nothing in the body is an order or a refund"
_GONE = {OrderState.CANCELLED: HoldCode.CANCELLED, OrderState.REFUNDED: HoldCode.REFUNDED}


def hold_for(
    state: OrderState,
    lines: Sequence[CanonicalLine],
    receiver: CanonicalReceiver | None,
    notes: Notes,
    *,
    platform_says: HoldCode | str = "",
    cod: bool = False,
) -> HoldCode | str:
    """The first reason not to start, or ''. `platform_says` is what the platform's own status adds to the rules.

    Unpaid goods may leave only against cash on delivery. A line with an open refund request holds the whole order:
    the rest of the parcel may be about to change.
    """
    if not lines:
        notes.add("no_lines")
    if state in _GONE:
        return _GONE[state]
    if platform_says:
        return platform_says
    if state is OrderState.PENDING and not cod:
        return HoldCode.UNPAID
    wanted = [line for line in lines if line.refund is not LineRefund.REFUNDED]
    if not wanted:
        return HoldCode.NO_LINES
    if any(line.refund is LineRefund.REQUESTED for line in wanted):
        return HoldCode.REFUND_REQUESTED
    if not any(line.requires_shipping for line in wanted):
        return HoldCode.NOTHING_TO_SHIP
    if receiver is None:
        notes.add("no_receiver")
        return HoldCode.NO_RECEIVER
    if any(warning.startswith("fractional_quantity") for warning in notes.all()):
        return HoldCode.ODD_QUANTITY
    return ""


def note_missing_skus(lines: Sequence[CanonicalLine], notes: Notes) -> None:
    """Warn of each line the merchant gave no code: it can only be found by its listing."""
    for line in lines:
        if not line.sku and line.requires_shipping:
            listing = f"listing {line.listing_id}" if line.listing_id else "no listing either"
            notes.add("sku_missing", f"line {line.line_id}, {listing}")
