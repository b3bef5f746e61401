"""How completely each shop's orders have come in: what the page shows, scoped to the user's shops."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Func, IntegerField, Max, Q, Sum
from django.utils.translation import gettext_lazy as _

from catalog.models import Shop
from core import clock
from core.models import InboxMessage
from core.selectors.scope import scoped
from core.web.nav import BADGE_CAP
from integrations.channels.labels import explain
from integrations.models import OrderFetch, ShopHour

User = AbstractBaseUser | AnonymousUser
SHOWN_HOURS = 48
NAMED = 12  # missing orders of one hour that are listed before "and n more"
STUCK_AFTER = 3  # attempts
_DAY, _LATE = timedelta(hours=24), timedelta(minutes=10)
_MISSING = Func("shophour__missing", function="cardinality", output_field=IntegerField())

TROUBLES: Mapping[str, Any] = {
    "no_address": _("no address is configured for this platform"),
    "no_list": _("this platform has no list to read"),
    "forbidden_host": _("the configured address is not one we may call"),
    "no_answer": _("the platform does not answer"),
    "bad_answer": _("the answer could not be read"),
    "page_moved": _("the list grew while it was read"),
    "failed": _("an error of ours"),
    "401": _("the platform refuses our keys"),
    "403": _("the platform refuses our keys"),
    "429": _("too many calls: we wait as long as the platform asks"),
    "isv.invalid-session": _("the seller's authorisation has run out"),
    "isv.invalid-signature": _("the platform refuses our keys"),
}


@dataclass(frozen=True, slots=True)
class ShopState:
    """One shop: how far its list is read, what is wrong, and its last 24 hours in orders."""

    shop: Shop
    complete_to: Any
    state: str  # ok | waiting (never read) | paused (behind) | failed
    trouble: Any
    said: str
    total: int
    pushed: int
    pulled: int
    missing: int
    counted_at: Any


@dataclass(frozen=True, slots=True)
class Gap:
    """One hour of one shop with orders that we do not have, and why where we know."""

    hour: ShopHour
    named: Sequence[tuple[str, Any]]
    more: int


def shops(user: User) -> list[ShopState]:
    """Every active shop of the user's, in the order of their platforms."""
    rows = (
        scoped(Shop.objects.filter(is_active=True), user, shop="id").select_related("pull").order_by("platform", "id")
    )
    since = Q(shophour__hour__gte=clock.now() - _DAY)
    rows = rows.annotate(
        **{name: Sum(f"shophour__{name}", filter=since, default=0) for name in ("total", "pushed", "pulled")},
        missing=Sum(_MISSING, filter=since, default=0),
        counted_at=Max("shophour__checked_at"),
    )
    return [_state(shop) for shop in rows]


def _state(shop: Any) -> ShopState:
    pull = getattr(shop, "pull", None)
    complete_to = pull.complete_to if pull else None
    if pull and pull.error_code:
        state = "failed"
    elif complete_to is None:
        state = "waiting"
    else:
        state = "paused" if clock.now() - complete_to > _LATE else "ok"
    code, said = (pull.error_code, pull.error) if pull else ("", "")
    return ShopState(
        shop, complete_to, state, TROUBLES.get(code, code), said, shop.total, shop.pushed, shop.pulled, shop.missing,
        shop.counted_at,
    )  # fmt: skip


def gaps(user: User) -> list[Gap]:
    """Hours with missing orders, the latest first, the first few by number."""
    hours = scoped(ShopHour.objects.exclude(missing=[]), user, shop="shop_id")
    rows = list(hours.select_related("shop").order_by("-hour", "shop_id")[:SHOWN_HOURS])
    reasons = _reasons(rows)
    return [
        Gap(row, [(no, reasons.get((row.shop_id, no), "")) for no in row.missing[:NAMED]], len(row.missing[NAMED:]))
        for row in rows
    ]


def _reasons(rows: Sequence[ShopHour]) -> dict[tuple[int, str], Any]:
    """Why a missing order is missing: its message was parked, or the platform does not give it to us."""
    shop_of = {f"channel:{row.shop.platform}:{row.shop.code}": row.shop_id for row in rows}
    parked = InboxMessage.objects.filter(source__in=shop_of, state="dead", delivery_key__regex="^(pull|fetch):")
    found: dict[tuple[int, str], Any] = {
        (fetch.shop_id, fetch.order_no): TROUBLES.get(fetch.error_code, fetch.error_code)
        for fetch in OrderFetch.objects.filter(shop_id__in=shop_of.values()).exclude(error_code="")
    }
    for source, key, code in parked.values_list("source", "delivery_key", "error_code")[:1000]:
        found[shop_of[source], key.split(":")[1]] = explain(code)
    return found


def stuck(user: User) -> list[tuple[OrderFetch, Any]]:
    """Orders asked for by number that the platform would not give us, several times."""
    rows = scoped(OrderFetch.objects.filter(attempts__gte=STUCK_AFTER), user, shop="shop_id")
    found = rows.select_related("shop").order_by("created_at")[:50]
    return [(row, TROUBLES.get(row.error_code, row.error_code)) for row in found]


def hours(user: User, shop_id: int) -> list[ShopHour]:
    """The counted hours of one shop with orders in them, the latest first; none for a shop that is not the user's."""
    rows = scoped(ShopHour.objects.filter(shop_id=shop_id, total__gt=0), user, shop="shop_id")
    return list(rows.order_by("-hour")[:SHOWN_HOURS])


def visible_hour(user: User, pk: int) -> ShopHour | None:
    return scoped(ShopHour.objects.filter(pk=pk), user, shop="shop_id").first()


def open_gaps(user: User) -> int:
    """For the badge: hours that are not whole."""
    return int(scoped(ShopHour.objects.exclude(missing=[]), user, shop="shop_id")[:BADGE_CAP].count())
