"""Money is an integer count of the currency's minor unit (fen for CNY); it is never a float."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from functools import lru_cache

# ISO 4217 currencies whose minor unit is not 1/100; everything else has two decimals.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
MAX_MINOR = 10**15  # ¥10 trillion: anything larger is a broken message, not an order


def exponent(currency: str) -> int:
    """Number of decimals of `currency` (ISO 4217 code, e.g. 2 for CNY, 0 for JPY)."""
    return _EXPONENTS.get(currency.upper(), 2)


def to_minor(value: object, currency: str = "CNY") -> int:
    """Minor units of a decimal string, int, Decimal or JSON float; half-even on surplus decimals.

    Raises ValueError for text that is no finite amount, or one beyond MAX_MINOR.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"not an amount: {value!r}")
    return _minor(str(value).strip().replace(",", ""), exponent(currency))


@lru_cache(maxsize=8192)  # an order names a dozen amounts, most of them "0.00"
def _minor(text: str, decimals: int) -> int:
    try:
        amount = Decimal(text)
    except InvalidOperation as exc:
        raise ValueError(f"not an amount: {text!r}") from exc
    if not amount.is_finite() or abs(amount) > MAX_MINOR:
        raise ValueError(f"amount out of range: {text!r}")
    return int(amount.scaleb(decimals).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def to_major(minor: int, currency: str = "CNY") -> Decimal:
    """The amount in the currency's main unit, exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` in proportion to `weights` so that the parts add up to it exactly.

    Largest remainder; ties go to the earlier part. All-zero weights count as equal. A negative
    total is split as its mirror image. Raises ValueError for no weights or a negative one.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be given and must not be negative")
    if total < 0:
        return [-part for part in split(-total, weights)]
    scale = sum(weights)
    if scale == 0:
        weights, scale = [1] * len(weights), len(weights)
    parts = [total * weight // scale for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % scale), i))
    for index in remainders[: total - sum(parts)]:
        parts[index] += 1
    return parts
