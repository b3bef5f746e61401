"""The founding document's figures as target bands."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Standing(StrEnum):
    """Where a value stands against the industry: better than its range, inside, worse."""

    GOOD = "good"
    MID = "mid"
    BAD = "bad"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Band:
    """One KPI of the founding document's first table: the industry's range and the optimised sample's value."""

    key: str
    label: Any
    unit: Any
    low: float
    high: float
    sample: float
    higher_is_better: bool
    formula: Any

    def standing(self, value: float | None) -> Standing:
        if value is None:
            return Standing.NONE
        better: Callable[[float, float], bool] = (lambda a, b: a > b) if self.higher_is_better else (lambda a, b: a < b)
        best, worst = (self.high, self.low) if self.higher_is_better else (self.low, self.high)
        if better(value, best):
            return Standing.GOOD
        return Standing.BAD if better(worst, value) else Standing.MID


KPIS = [
    Band("handling", _("Handling time per order"), _("min"), 12, 35, 9.0, False,
         _("Median of the time in machine stages and in people's hands: capture to stock lock, picking, packing")),
    Band("lead", _("Outbound lead time"), _("h"), 6, 18, 4.2, False, _("Mean of paid → handed to the carrier")),
    Band("errors", _("Errors per 1,000 orders"), _("pcs"), 12, 28, 8.4, False,
         _("Tickets for wrong, missing or damaged goods per 1,000 shipped parcels")),
    Band("accuracy", _("Picking accuracy"), "%", 96, 98, 99.1, True,
         _("Right scans ÷ all judged scans at shelf and bench")),
    Band("cost", _("Handling cost per order"), _("yuan"), 4.5, 9.0, 3.6, False,
         _("Labour and packing booked per shipped parcel")),
    Band("response", _("First response of customer service"), _("min"), 5, 20, 3.5, False,
         _("Mean of ticket opened → first answer")),
    Band("coverage", _("Tracking coverage"), "%", 70, 90, 92, True,
         _("Shipped parcels with at least one scan ÷ all shipped")),
    Band("touch", _("Manual touches"), "%", 40, 65, 28, False, _("Events signed by a person ÷ all events of orders")),
    Band("turnover", _("Days of stock"), _("days"), 25, 45, 20, False,
         _("Stock at cost ÷ cost of goods shipped per day")),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stage:
    """One row of the founding document's stage table: the industry's SLA range in `unit`, and the sample's value."""

    key: str
    label: Any
    low: float
    high: float
    sample: float
    unit: Any


STAGES = [
    Stage("capture", _("Capture and check"), 2, 6, 1.5, _("min")),
    Stage("risk", _("Risk and address"), 3, 7, 2.2, _("min")),
    Stage("route", _("Split and route"), 4, 10, 3.0, _("min")),
    Stage("lock", _("Lock and allocate stock"), 5, 12, 3.8, _("min")),
    Stage("pick_pack", _("Pick and pack"), 20, 45, 16, _("min")),
    Stage("label_ship", _("Label and ship"), 8, 18, 6, _("min")),
    Stage("first_track", _("First tracking back"), 30, 90, 24, _("min")),
    Stage("response", _("First response to a ticket"), 10, 25, 7, _("min")),
    Stage("settle", _("Statement to books"), 24, 72, 18, _("h")),
]
