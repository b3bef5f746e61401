"""Products of platforms that nobody has matched yet."""

from typing import Any

from django.db.models import Count, F, Max, Min

from catalog.models import Sku
from catalog.selectors.matching import Named
from core.selectors.scope import scoped
from oms.models import OrderLine
from oms.selectors.orders import User

SHOWN = 50


def unmatched(user: User) -> list[dict[str, Any]]:
    """One row per product of a shop that orders wait for, those that hold up most orders first, up to SHOWN.

    Keys: `shop_id shop platform listing_id merchant_code title orders since was` (`was` is the SKU that a listing in
    doubt stood for, `now` the SKU that its new merchant code names, if any).
    """
    waiting = OrderLine.objects.filter(sku=None, qty__gt=0, order__open_holds__gt=0, order__cancel_reason="")
    rows = list(
        scoped(waiting, user, shop="order__shop_id")
        .values("listing_id", shop_id=F("order__shop_id"), merchant_code=F("platform_sku"))
        .annotate(
            shop=F("order__shop__name"), platform=F("order__platform"), product=Max("title"),
            orders=Count("order", distinct=True), since=Min("order__captured_at"), was_id=Max("was_sku"),
        )
        .order_by("-orders", "since")[:SHOWN]
    )  # fmt: skip
    skus = {sku.pk: sku for sku in Sku.objects.filter(pk__in={row["was_id"] for row in rows if row["was_id"]})}
    codes = {row["merchant_code"] for row in rows if row["was_id"]}
    now = {sku.code: sku for sku in Sku.objects.filter(code__in=codes, is_active=True)}
    return [{**row, "was": skus.get(row["was_id"]), "now": now.get(row["merchant_code"])} for row in rows]


def title_of(user: User, one: Named) -> str | None:
    """What the platform calls an unmatched product; None when none of the user's shops waits for it."""
    lines = OrderLine.objects.filter(
        sku=None, order__shop_id=one.shop_id, listing_id=one.listing_id, platform_sku=one.merchant_code
    )
    return scoped(lines, user, shop="order__shop_id").values_list("title", flat=True).first()
