"""Remember what a shop's listings stand for."""

from collections.abc import Mapping

from django.db import connection

from catalog.models import Listing, Sku
from catalog.selectors.matching import Meaning, Named
from core.services import audit


def remember(found: Mapping[Named, Meaning]) -> None:
    """Keep what merchant codes have just said of listings, so that a code changed later is noticed.

    What is remembered already stays; only a code that nobody has noted yet is filled in.
    """
    news = sorted((one.shop_id, one.listing_id, one.merchant_code, m.sku_id) for one, m in found.items() if m.is_news)
    if news:
        with connection.cursor() as cursor:
            cursor.execute(
                """INSERT INTO catalog_listing (shop_id, key, merchant_code, sku_id, title)
                   SELECT DISTINCT ON (1, 2) shop_id, key, code, sku_id, ''
                     FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[]) AS n (shop_id, key, code, sku_id)
                    ORDER BY 1, 2
                   ON CONFLICT (shop_id, key) DO UPDATE SET merchant_code = EXCLUDED.merchant_code
                    WHERE catalog_listing.merchant_code = '' AND catalog_listing.sku_id = EXCLUDED.sku_id""",
                [list(column) for column in zip(*news, strict=True)],
            )


def settle(one: Named, sku_id: int) -> None:
    """A person's word on what a shop means: of this listing while it carries this code, and of the code itself where
    nothing said so far what it stands for."""
    if one.listing_id:
        Listing.objects.update_or_create(
            shop_id=one.shop_id, key=one.listing_id,
            defaults={"sku_id": sku_id, "merchant_code": one.merchant_code},
        )  # fmt: skip
    if one.merchant_code and not Sku.objects.filter(code=one.merchant_code).exists():
        Listing.objects.get_or_create(shop_id=one.shop_id, key=one.merchant_code, defaults={"sku_id": sku_id})
    audit.record("listing.match", f"catalog.shop:{one.shop_id}", after={**one._asdict(), "sku_id": sku_id})
