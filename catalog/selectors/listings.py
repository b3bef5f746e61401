"""What a shop offers, for whatever must make up orders of it (demo traffic, benchmarks)."""

from dataclasses import dataclass

from catalog.models import Listing, Sku


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU as a shop lists it; `key` is its listing there, or the SKU code when the shop has no listings."""

    sku_code: str
    key: str
    title: str
    cost_fen: int


def offers(shop_id: int, limit: int = 500) -> list[Offer]:
    """Up to `limit` active SKUs of the shop's listings in key order; of the whole catalogue when it has none."""
    listed = Listing.objects.filter(shop_id=shop_id, sku__is_active=True).order_by("key")
    found = listed.values_list("sku__code", "key", "title", "sku__name", "sku__cost_fen")[:limit]
    if found:
        return [Offer(code, key, title or name, cost) for code, key, title, name, cost in found]
    skus = Sku.objects.filter(is_active=True).values_list("code", "name", "cost_fen")[:limit]
    return [Offer(code, code, name, cost) for code, name, cost in skus]
