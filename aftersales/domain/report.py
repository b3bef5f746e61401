"""What a platform's word about a refund does to a ticket. Pure; messages may come twice and in any order."""

from collections.abc import Mapping

from aftersales.domain.ticket import TicketKind

# What a refund says last wins a tie of times; money that has moved is never taken back by a later word.
_RANK = {"": 0, "requested": 1, "approved": 2, "rejected": 3, "closed": 3, "succeeded": 4}

KIND_OF: Mapping[str, TicketKind] = {
    "refund_only": TicketKind.REFUND_ONLY,
    "return": TicketKind.RETURN_REFUND,
    "exchange": TicketKind.EXCHANGE,
}
NEEDS_GOODS = frozenset({TicketKind.RETURN_REFUND, TicketKind.EXCHANGE})


def supersedes(known_status: str, known_at: str | None, status: str, at: str | None) -> bool:
    """Whether a report of `status` at `at` (ISO 8601 UTC, None if the platform gave no time) is news to a ticket that
    last heard `known_status` at `known_at`."""
    if known_status == "succeeded":
        return False
    if known_at and at and known_at != at:
        return at > known_at
    return _RANK[status] >= _RANK[known_status]
