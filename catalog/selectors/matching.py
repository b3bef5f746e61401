"""What a shop's words mean: a listing and a merchant code → SKU."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from catalog.models import Listing, Sku


class Named(NamedTuple):
    """What a platform calls one thing bought: its own id of the variant, and the code the merchant gave it there."""

    shop_id: int
    listing_id: str
    merchant_code: str


@dataclass(frozen=True, slots=True)
class Meaning:
    """The SKU, None when it is unknown or in doubt. In doubt: this listing stood for `was_sku_id` until somebody gave
    it another merchant code. `is_news` asks to remember what was found (`services.listings.remember`)."""

    sku_id: int | None = None
    was_sku_id: int | None = None
    is_news: bool = False


UNKNOWN = Meaning()


def match(wanted: Collection[Named]) -> dict[Named, Meaning]:
    """What each name means, in two queries; what an earlier one teaches holds for the later ones.

    A listing that is remembered decides, as long as its merchant code is the one it had. A code decides otherwise: one
    that the shop's listings name, or else one of our own SKU codes.
    """
    names = {name for one in wanted for name in (one.listing_id, one.merchant_code) if name}
    if not names:
        return dict.fromkeys(wanted, UNKNOWN)
    own = dict(Sku.objects.filter(code__in=names, is_active=True).values_list("code", "id"))
    rows = Listing.objects.filter(shop_id__in={one.shop_id for one in wanted}, key__in=names)
    known = {
        (shop, key): (sku, code)
        for shop, key, sku, code in rows.values_list("shop_id", "key", "sku_id", "merchant_code")
    }
    found: dict[Named, Meaning] = {}
    for one in wanted:
        found[one] = meaning = _meaning(one, known, own)
        if meaning.is_news and meaning.sku_id:
            known[one.shop_id, one.listing_id] = (meaning.sku_id, one.merchant_code)
    return found


def _meaning(one: Named, known: dict[tuple[int, str], tuple[int, str]], own: dict[str, int]) -> Meaning:
    by_code = known[one.shop_id, one.merchant_code][0] if (one.shop_id, one.merchant_code) in known else None
    if by_code is None:
        by_code = own.get(one.merchant_code)
    remembered = known.get((one.shop_id, one.listing_id)) if one.listing_id else None
    if remembered is None:
        return Meaning(by_code, is_news=bool(by_code and one.listing_id))
    sku_id, settled_code = remembered
    if not one.merchant_code or one.merchant_code == settled_code or by_code == sku_id:
        return Meaning(sku_id, is_news=by_code == sku_id and not settled_code)
    return Meaning(was_sku_id=sku_id) if by_code or settled_code else Meaning(sku_id)
