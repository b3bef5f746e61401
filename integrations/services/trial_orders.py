"""Invented orders of a real shop, ready to be sent through its hook: for send_webhooks, the demo and the benchmarks."""

import os
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from django.conf import settings

from catalog.selectors import listings
from core.embedded import discover
from core.errors import NotFound
from integrations.channels.adapter import Channel
from integrations.channels.mischief import Fault, Parcel, disturb
from integrations.channels.purchases import Message, Purchase, Sellable, amend, invent
from integrations.registry import channel

if TYPE_CHECKING:
    from catalog.models import Shop

_AMENDED_SHARE = 0.15  # of the orders, when messages may overtake each other
_MARKUP = 2.4


def sellables(shop: "Shop") -> list[Sellable]:
    """What `shop` lists; raises NotFound `nothing_to_sell` when the catalogue is empty."""
    offers = listings.offers(shop.pk)
    if not offers:
        raise NotFound("the catalogue has no active SKU: run `manage.py seed_demo` first", code="nothing_to_sell")
    return [Sellable(offer.sku_code, offer.key, offer.title, _price(offer.cost_fen)) for offer in offers]


def purchases(shop: "Shop", count: int, rng: Random, at: datetime) -> list[Purchase]:
    """`count` paid purchases of different orders made in the hour before `at`."""
    items = sellables(shop)
    return [bought(shop, items, rng, at, timedelta(hours=1)) for _ in range(count)]


def bought(shop: "Shop", items: Sequence[Sellable], rng: Random, at: datetime, within: timedelta) -> Purchase:
    """One paid purchase made `within` the time before `at`; asks nobody, as a platform does not ask us."""
    made_at = at - timedelta(seconds=rng.randrange(60, int(within.total_seconds())))
    return invent(rng, items, made_at, currency=shop.currency)


def parcels(shop: "Shop", count: int, faults: Collection[Fault], rng: Random, at: datetime) -> list[Parcel]:
    """Messages of `count` new orders with `faults` mixed in. Reordering is only a fault where there is something to
    overtake, so a share of the orders is then amended once."""
    adapter = channel(shop.platform)
    made = purchases(shop, count, rng, at)
    messages = _messages(adapter, made, Fault.REORDER in faults, rng, at)
    return disturb(messages, faults, rng)


def _messages(adapter: Channel, made: Sequence[Purchase], amending: bool, rng: Random, at: datetime) -> list[Message]:
    messages: list[Message] = []
    for purchase in made:
        messages.append(adapter.render(purchase))
        if amending and rng.random() < _AMENDED_SHARE:
            messages.append(adapter.render(amend(rng, purchase, at)))
    return messages


def _price(cost_fen: int) -> int:
    """A plausible shelf price: marked up and ending in .90."""
    return max(990, int(cost_fen * _MARKUP) // 100 * 100 + 90)


def web_url() -> str:
    """Where the web process listens: WEB_URL, else what the embedded services know, else port 8000 here."""
    given = os.environ.get("WEB_URL")
    if given:
        return given
    folder = getattr(settings, "VAR_DIR", None)
    return discover.services(Path(folder)).web_url if folder else "http://127.0.0.1:8000"
