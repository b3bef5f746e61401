"""What a shop's words mean: listing or merchant code → SKU."""

from collections.abc import Iterable, Sequence

from catalog.models import Listing, Sku

Wanted = tuple[int, Sequence[str]]  # (shop id, the names a line goes by, best first)


def match(wanted: Iterable[Wanted]) -> dict[tuple[int, str], int]:
    """SKU id for every (shop id, name) that is known: as a listing of that shop, or else as one of our own codes."""
    pairs = {(shop_id, name) for shop_id, names in wanted for name in names if name}
    names = {name for _shop, name in pairs}
    if not names:
        return {}
    own = dict(Sku.objects.filter(code__in=names, is_active=True).values_list("code", "id"))
    found = {pair: own[pair[1]] for pair in pairs if pair[1] in own}
    listings = Listing.objects.filter(shop_id__in={shop_id for shop_id, _name in pairs}, key__in=names)
    for shop_id, key, sku_id in listings.values_list("shop_id", "key", "sku_id"):
        if (shop_id, key) in pairs:
            found[shop_id, key] = sku_id
    return found
