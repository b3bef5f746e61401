"""What can need a person, and what would help: each app registers its kinds, one page shows them all.

A kind is a SELECT over the rows that are in trouble now; nothing is copied, so an exception ends with its cause. The
SELECTs become one view (`core.services.worklist`), which pages filter, count and sort like a table.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

MAX_KINDS = 64  # a row's key is its reference × 64 + its kind's number
Refusals = Mapping[int, str]  # by reference: why it stays as it is


class Step(StrEnum):
    """Where on its way a thing got stuck, in the order of the way."""

    CAPTURE = "capture"
    UNDERSTAND = "understand"
    ROUTE = "route"
    PICK = "pick"
    LABEL = "label"
    SHIP = "ship"
    TRACK = "track"
    AFTERSALES = "aftersales"
    SETTLE = "settle"


STEPS: Mapping[Step, Any] = {
    Step.CAPTURE: _("Receiving"),
    Step.UNDERSTAND: _("Understanding and screening"),
    Step.ROUTE: _("Routing and stock"),
    Step.PICK: _("Picking and packing"),
    Step.LABEL: _("Labels"),
    Step.SHIP: _("Telling others"),
    Step.TRACK: _("Tracking"),
    Step.AFTERSALES: _("After-sales"),
    Step.SETTLE: _("Reconciliation"),
}


@dataclass(frozen=True, slots=True)
class Fix:
    """What one button does about rows of a reason. `run` takes references and the person's note and says which it
    refused; it does each in a transaction of its own choosing. `offers`, where a row must have an answer to offer,
    gives it in words per reference: without one there is no button."""

    label: Any
    run: Callable[[Sequence[int], str], Refusals]
    permission: str
    offers: Callable[[Collection[int]], Mapping[int, str]] | None = None
    confirm: Any = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One stable code, what people call it, by when it should be settled (unless a rule says otherwise), what helps.
    `release` lets it go on as it is, where a person may say so."""

    code: str
    label: Any
    step: Step
    minutes: int
    hint: Any = ""
    fix: Fix | None = None
    release: Fix | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows of one table. `sql` selects the columns `COLUMNS`; `number` is for ever. `page` is the URL name of the
    page that shows a row, with the row's `target` in its address where it has one, or else `about` as the filter
    `query`. `says` puts a detail into words, `explains` adds more of them by reference. `give` makes somebody the
    owner, where the table keeps owners itself."""

    number: int
    name: str
    permission: str
    sql: str
    reasons: Sequence[Reason]
    page: str
    query: str = ""
    says: Callable[[str], Any] = str
    explains: Callable[[Collection[int]], Mapping[int, Sequence[Any]]] | None = None
    give: Callable[[Sequence[int], str], object] | None = None


# What `Kind.sql` selects: bigint, text, bigint, text, text, bigint, bigint, text, timestamptz, bigint.
COLUMNS = ("ref", "reason", "order_id", "about", "detail", "shop_id", "warehouse_id", "owner", "since", "target")

_kinds: dict[int, Kind] = {}
_reasons: dict[str, Reason] = {}


def register(kind: Kind) -> None:
    assert 0 < kind.number < MAX_KINDS and kind.number not in _kinds, f"number {kind.number} is taken or too great"
    _kinds[kind.number] = kind
    for reason in kind.reasons:
        assert reason.code not in _reasons, f"reason {reason.code} is registered twice"
        _reasons[reason.code] = reason


def kinds() -> Sequence[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.number)


def kind_of(key: int) -> Kind:
    """The kind that a row's key tells."""
    return _kinds[key % MAX_KINDS]


def reasons() -> Sequence[Reason]:
    """All of them, in the order of the way."""
    place = {step: n for n, step in enumerate(Step)}
    return sorted(_reasons.values(), key=lambda reason: place[reason.step])


def reason(code: str) -> Reason:
    return _reasons[code]
