"""What an invoice says. Pure; amounts in fen, tax included."""

from collections.abc import Sequence

from core.money import split


def tax_within(amount_fen: int, lines: Sequence[tuple[int, int]]) -> int:
    """The tax inside `amount_fen`, spread over `(net amount, rate in 1/100 %)` lines in proportion to their amounts."""
    if not lines:
        return 0
    parts = split(amount_fen, [net for net, _rate in lines])
    return sum(
        (part * rate * 2 + 10_000 + rate) // (2 * (10_000 + rate))
        for part, (_net, rate) in zip(parts, lines, strict=True)
    )


def red_tax(blue_amount: int, blue_tax: int, taken_amount: int, taken_tax: int, amount: int) -> int:
    """The tax that taking back `amount` more takes back, so that taking back everything takes back all of the tax."""
    return blue_tax * (taken_amount + amount) // blue_amount - taken_tax
