"""Does the scale agree? Pure; grams."""

from collections.abc import Mapping

PACKAGING_G = 60
TOLERANCE_G, TOLERANCE_SHARE = 40, 0.05


def tolerance(expected_g: int) -> int:
    """How far off a good parcel may be."""
    return max(TOLERANCE_G, int(expected_g * TOLERANCE_SHARE))


def culprit(expected_g: int, actual_g: int, weights: Mapping[str, int]) -> str | None:
    """None when the weight fits; otherwise the SKU (of the parcel) whose missing or surplus unit explains the
    difference best, as `-CODE` or `+CODE`; '' when no single unit comes near."""
    difference = actual_g - expected_g
    if abs(difference) <= tolerance(expected_g):
        return None
    sign = "+" if difference > 0 else "-"
    best = min(weights, key=lambda code: (abs(abs(difference) - weights[code]), code), default="")
    if best and abs(abs(difference) - weights[best]) <= tolerance(expected_g):
        return f"{sign}{best}"
    return ""
