"""The demo's platforms: buyers order, change their mind and ask for refunds; every message is signed and posted."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from catalog.models import Shop
from catalog.selectors import shops
from core import clock
from integrations.channels.mischief import Fault, Parcel, disturb
from integrations.channels.purchases import Message, MessageKind, Purchase, amend, ask_refund, cancel
from integrations.channels.sender import Report, send
from integrations.channels.taobao import tmc
from integrations.registry import channel
from integrations.services.trial_orders import bought, sellables
from oms.domain.canonical import RefundKind, RefundStatus

ALL_FAULTS = tuple(Fault)
AMENDED, CANCELLED = 0.10, 0.04
NEVER_PUSHED = 0.05  # orders that no message tells of: the platform's list alone has them
HINTED = 0.2  # Taobao messages that only name the order
# What is listed must have been changed lately, as it is on a real platform, or the lists are not asked so far back.
_LATELY = timedelta(minutes=10)
_REFUND_LOOKUPS = ("taobao", "douyin")


Posted = tuple[str, bytes]  # inbox source, SHA-256 of the body


@dataclass
class Trade:
    """What the platforms know to be true: the last version of every order, and what was sent."""

    orders: dict[tuple[str, str], Purchase] = field(default_factory=dict)  # (platform, order number) -> last version
    cancelled: set[tuple[str, str]] = field(default_factory=set)
    never_pushed: set[tuple[str, str]] = field(default_factory=set)
    refunds: dict[tuple[str, str], Purchase] = field(default_factory=dict)
    acknowledged: dict[Posted, bool] = field(default_factory=dict)  # what was answered 2xx -> whether it was genuine
    sent: int = 0
    refused: int = 0
    failed: int = 0
    believed: int = 0  # tampered bodies that were answered 2xx

    def note(self, shop: Shop, parcels: Iterable[Parcel]) -> None:
        """Parcels that were answered 2xx."""
        for parcel in parcels:
            if parcel.tampered:
                self.believed += 1
                continue
            posted = (f"channel:{shop.platform}:{shop.code}", hashlib.sha256(parcel.message.body).digest())
            self.acknowledged[posted] = not parcel.poisoned


class Platforms:
    """All shops of the database, posting to the web process at `base_url`; `know` hears of every order body, so that
    whoever answers for the platforms' APIs knows the orders too. Of the share `never_pushed` nobody else hears."""

    def __init__(
        self,
        base_url: str,
        rng: Random,
        know: Callable[[Shop, list[Message]], None],
        never_pushed: float = NEVER_PUSHED,
    ) -> None:
        self._base_url, self._rng, self._know, self._never_pushed = base_url, rng, know, never_pushed
        self.shops = list(Shop.objects.filter(is_active=True).order_by("id"))
        self._keys = {shop.pk: shops.access(shop).push_secrets[0] for shop in self.shops}
        self._items = {shop.pk: sellables(shop) for shop in self.shops}
        self.trade = Trade()

    def order(self, per_shop: int, faults: Iterable[Fault] = ALL_FAULTS) -> None:
        """New orders in every shop; some are amended or cancelled at once, and `faults` are mixed in."""
        for shop in self.shops:
            pushed: list[Message] = []
            for _number in range(per_shop):
                made = bought(shop, self._items[shop.pk], self._rng, clock.now(), _LATELY)
                messages = self._life(shop, made)
                if self._rng.random() < self._never_pushed:
                    self.trade.never_pushed.add((shop.platform, made.order_no))
                    self._know(shop, messages)
                else:
                    pushed += messages
            self._post(shop, pushed, tuple(faults))

    def _life(self, shop: Shop, made: Purchase) -> list[Message]:
        """What the platform has to tell of one order; its last version is the truth."""
        last, messages = made, [self._render(shop, made)]
        if self._rng.random() < AMENDED:
            last = amend(self._rng, made, self._later(made))
            messages.append(self._render(shop, last))
        if self._rng.random() < CANCELLED:
            last = cancel(last, self._later(last))
            messages.append(self._render(shop, last))
            self.trade.cancelled.add((shop.platform, made.order_no))
        self.trade.orders[shop.platform, made.order_no] = last
        return messages

    def refund(self, order_nos: Iterable[tuple[str, str]], kind: RefundKind, *statuses: RefundStatus) -> None:
        """Refund messages for orders of the trade, one per status in turn."""
        for platform, order_no in order_nos:
            shop = next(shop for shop in self.shops if shop.platform == platform)
            told = self.trade.orders[platform, order_no]
            for status in statuses:
                told = ask_refund(self._rng, told, self._later(told), kind=kind, status=status)
                self._post(shop, [self._render(shop, told)], ())
            self.trade.refunds[platform, order_no] = told

    def _later(self, purchase: Purchase) -> datetime:
        return purchase.modified_at + timedelta(seconds=self._rng.randrange(1, 20))

    def _render(self, shop: Shop, purchase: Purchase) -> Message:
        return channel(shop.platform).render(purchase)

    def _post(self, shop: Shop, messages: list[Message], faults: tuple[Fault, ...]) -> Report:
        listed = [one for one in messages if one.kind != MessageKind.REFUND or shop.platform in _REFUND_LOOKUPS]
        self._know(shop, listed)
        if shop.platform == "taobao":
            messages = [tmc.notice(one) if self._rng.random() < HINTED else one for one in messages]
        parcels = disturb(messages, faults, self._rng)
        report = send(
            channel(shop.platform), shop.code, self._keys[shop.pk], parcels, base_url=self._base_url, now=clock.now,
            attempts=8,
        )  # fmt: skip
        self.trade.note(shop, report.acknowledged)
        self.trade.sent += report.sent
        self.trade.refused += report.refused
        self.trade.failed += report.failed
        return report
