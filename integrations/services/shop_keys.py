"""Shops' push secrets, opened once every few seconds rather than once a push."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from catalog.selectors import shops

KEPT_SECONDS = 5.0  # a rotated or revoked secret counts everywhere after this


@dataclass(frozen=True, slots=True)
class ShopKeys:
    shop_id: int
    push_secrets: Sequence[str]


_kept: dict[tuple[str, str], tuple[float, ShopKeys | None]] = {}


def shop_keys(platform: str, code: str) -> ShopKeys | None:
    """The active shop of a hook URL and its live secrets; None when there is no such shop."""
    until, keys = _kept.get((platform, code), (0.0, None))
    if time.monotonic() < until:
        return keys
    shop = shops.by_code(platform, code)
    keys = ShopKeys(shop.pk, shops.access(shop).push_secrets) if shop else None
    if len(_kept) > 1000:
        _kept.clear()  # somebody is guessing shop codes
    _kept[platform, code] = (time.monotonic() + KEPT_SECONDS, keys)
    return keys


def forget() -> None:
    """Drop what is kept (after a change of secrets in this process, and between tests)."""
    _kept.clear()
