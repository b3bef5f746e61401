"""Does the scale agree? Pure; grams."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """A good parcel may be off by `grams` or by `percent` of what is expected, whichever is more; `packaging_g` is the
    box and its filling."""

    packaging_g: int = 60
    grams: int = 40
    percent: int = 5

    def of(self, expected_g: int) -> int:
        return max(self.grams, expected_g * self.percent // 100)


def expected(weights: Mapping[str, int], units: Mapping[str, int], tolerance: Tolerance) -> int | None:
    """What a parcel of `units` (SKU code → pieces) should weigh; None when a SKU's weight is not known (0)."""
    if any(weights[code] <= 0 for code in units):
        return None
    return sum(weights[code] * qty for code, qty in units.items()) + tolerance.packaging_g


def culprit(expected_g: int, actual_g: int, weights: Mapping[str, int], tolerance: Tolerance) -> str | None:
    """None when the weight fits; otherwise the SKU (of the parcel) whose missing or surplus unit explains the
    difference best, as `-CODE` or `+CODE`; '' when no single unit comes near."""
    difference, allowed = actual_g - expected_g, tolerance.of(expected_g)
    if abs(difference) <= allowed:
        return None
    best = min(weights, key=lambda code: (abs(abs(difference) - weights[code]), code), default="")
    if best and abs(abs(difference) - weights[best]) <= allowed:
        return f"{'+' if difference > 0 else '-'}{best}"
    return ""
