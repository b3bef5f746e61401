"""Double entry in minor units. Pure: decides postings, writes nothing.

A posting's amount is signed: debit is positive, credit negative. An entry's postings sum to zero in every currency.

Recurring facts are booked as *what should stand on the books minus what does*, so that a repeated, late or corrected
fact books the difference and never the same money twice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """The chart of accounts; the codes follow the Chinese standard chart."""

    BANK = "1002"
    WALLET_ALIPAY = "1012.01"
    WALLET_WECHAT = "1012.02"
    WALLET_JD = "1012.03"
    WALLET_OTHER = "1012.09"
    RECEIVABLE = "1122"
    INVENTORY = "1405"
    FREIGHT_PAYABLE = "2202.01"
    LABOUR_PAYABLE = "2211"
    PACKING_STOCK = "1411"
    CONTRACT_LIABILITY = "2203"
    SUSPENSE = "2241.09"
    REVENUE = "6001"
    RETURNS = "6001.09"
    OTHER_INCOME = "6301"
    GOODS_COST = "6401"
    FREIGHT_COST = "6601.01"
    PLATFORM_FEE = "6601.02"
    DISCOUNT = "6601.03"
    PACKING_COST = "6601.04"
    LABOUR_COST = "6601.05"
    ROUNDING = "6603.09"
    OTHER_LOSS = "6711"


WALLETS: Mapping[str, Account] = {
    "alipay": Account.WALLET_ALIPAY,
    "wechat": Account.WALLET_WECHAT,
    "jd": Account.WALLET_JD,
    "generic": Account.WALLET_OTHER,
}


class EntryKind(StrEnum):
    SALE = "sale"
    REVENUE = "revenue"
    REFUND = "refund"
    DISPATCH = "dispatch"
    RETURN = "return"
    SETTLEMENT = "settlement"
    ADJUSTMENT = "adjustment"


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry."""

    account: Account
    amount_minor: int
    currency: str = "CNY"


class Unbalanced(ValueError):
    """The legs of an entry do not sum to zero."""


def balanced(legs: Iterable[Leg]) -> list[Leg]:
    """`legs` merged per account and currency, without zeros. Raises Unbalanced."""
    sums: dict[tuple[Account, str], int] = {}
    for leg in legs:
        key = (leg.account, leg.currency)
        sums[key] = sums.get(key, 0) + leg.amount_minor
    for currency in {currency for _account, currency in sums}:
        if rest := sum(amount for (_account, money), amount in sums.items() if money == currency):
            raise Unbalanced(f"{rest} {currency} too much")
    return [Leg(account, amount, currency) for (account, currency), amount in sums.items() if amount]


def transfer(debit: Account, credit: Account, amount_minor: int, currency: str = "CNY") -> list[Leg]:
    """Two legs; a negative amount runs the other way. Nothing for zero."""
    return balanced([Leg(debit, amount_minor, currency), Leg(credit, -amount_minor, currency)])


def revenue_due(paid: int, refunded: int, goods: int, shipped_goods: int) -> int:
    """How much of an order's money is earned: the shipped share of what was paid, and never more than what is kept.

    `goods` is the net amount of everything ordered, `shipped_goods` of what has left. All of it shipped earns all of
    what was paid, so that no fen of freight or rounding stays behind as a liability.
    """
    if (shipped_goods <= 0 and goods > 0) or paid <= refunded:
        return 0
    earned = paid if shipped_goods >= goods else paid * shipped_goods // goods
    return min(earned, paid - refunded)


def sale_legs(booked: int, paid: int, currency: str) -> list[Leg]:
    """The buyer paid `paid` in all, of which `booked` is on the books."""
    return transfer(Account.RECEIVABLE, Account.CONTRACT_LIABILITY, paid - booked, currency)


def refund_legs(booked: int, refunded: int, currency: str) -> list[Leg]:
    return transfer(Account.CONTRACT_LIABILITY, Account.RECEIVABLE, refunded - booked, currency)


def revenue_legs(booked: int, due: int, currency: str) -> list[Leg]:
    """Earned money leaves the liability; what a refund takes back shows as returns, not as smaller sales."""
    step = due - booked
    account = Account.REVENUE if step > 0 else Account.RETURNS
    return transfer(Account.CONTRACT_LIABILITY, account, step, currency)


def dispatch_legs(goods: int, freight: int, packing: int, labour: int) -> list[Leg]:
    """A parcel left: its goods at cost, and what sending it will cost. In fen."""
    return balanced(
        [
            *transfer(Account.GOODS_COST, Account.INVENTORY, goods),
            *transfer(Account.FREIGHT_COST, Account.FREIGHT_PAYABLE, freight),
            *transfer(Account.PACKING_COST, Account.PACKING_STOCK, packing),
            *transfer(Account.LABOUR_COST, Account.LABOUR_PAYABLE, labour),
        ]
    )
