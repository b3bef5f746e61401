"""What the exception inbox can do about held and waiting orders by one press of a button."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial

from django.utils.translation import gettext as _

from catalog.selectors.matching import Named
from catalog.selectors.suggestions import Suggestion, evident
from core.services.worklist import one_by_one
from core.worklist import Refusals
from oms.domain.address.pattern import is_place
from oms.domain.address.table import table
from oms.models import Hold, OrderLine
from oms.services import address_rules, holds, matching, wake


def release(refs: Sequence[int], note: str) -> Refusals:
    return one_by_one(partial(holds.release, note=note), refs)


def find_stock(refs: Sequence[int], note: str) -> Refusals:
    return one_by_one(wake.try_again, refs)


def guesses(refs: Collection[int]) -> Mapping[int, str]:
    """Hold → the district that the machine would have chosen, where it is one."""
    rows = Hold.objects.filter(id__in=refs).values_list("id", "order__address_guess")
    places = {ref: table().place(code) for ref, code in rows if code and is_place(code)}
    return {ref: "".join(dict.fromkeys((p.province, p.city, p.district))) for ref, p in places.items()}


def confirm_guess(refs: Sequence[int], note: str) -> Refusals:
    orders = dict(Hold.objects.filter(id__in=refs).values_list("id", "order_id"))
    return one_by_one(lambda part: address_rules.confirm([orders[ref] for ref in part if ref in orders], note), refs)


def matches(refs: Collection[int]) -> Mapping[int, str]:
    """Hold → the SKUs that its unknown products must be, where their codes say so of every one of them."""
    waiting = _unknown(refs)
    known = evident({one for named in waiting.values() for one in named})
    return {
        ref: ", ".join(sorted({known[one].code for one in named}))
        for ref, named in waiting.items()
        if _all_known(named, known)
    }


def match(refs: Sequence[int], note: str) -> Refusals:
    """Remember what the products are; every order that waits for one of them goes on."""
    waiting = _unknown(refs)
    known = evident({one for named in waiting.values() for one in named})
    for one, found in known.items():
        matching.settle(one, found.sku_id)
    unclear = _("No SKU has this code: choose one on the page of unmatched products.")
    return {ref: unclear for ref, named in waiting.items() if not _all_known(named, known)}


def _all_known(named: Collection[Named], known: Mapping[Named, Suggestion]) -> bool:
    return all(one in known for one in named)


def _unknown(refs: Collection[int]) -> dict[int, set[Named]]:
    """Hold → the products of its order that nobody knows."""
    orders = dict(Hold.objects.filter(id__in=refs, released_at=None).values_list("id", "order_id"))
    lines = OrderLine.objects.filter(order_id__in=orders.values(), sku=None, qty__gt=0)
    named: dict[int, set[Named]] = {}
    for order_id, shop_id, listing, code in lines.values_list(
        "order_id", "order__shop_id", "listing_id", "platform_sku"
    ):
        named.setdefault(order_id, set()).add(Named(shop_id, listing, code))
    return {ref: named[order_id] for ref, order_id in orders.items() if order_id in named}
