"""Put somebody on the blacklist. Only the blind-index tag and masked text are kept."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.domain.masking import mask_phone
from core.errors import Conflict, OneRopeError
from core.services import audit, vault
from oms.models import BlacklistEntry, Order

Kind = BlacklistEntry.Kind


@dataclass(frozen=True, slots=True)
class Trait:
    """What a person is recognised by: the tag that orders carry too, and how it is shown."""

    kind: str
    tag: str
    shown: str


def phone(number: str) -> Trait:
    """Raises OneRopeError `not_a_phone`."""
    digits = "".join(char for char in number if char.isdigit())[-11:]
    if len(digits) < 7:
        raise OneRopeError(_("That is no phone number."), code="not_a_phone")
    return Trait(Kind.PHONE, vault.tag("phone", digits), mask_phone(digits))


def of_order(kind: str, order: Order) -> Trait:
    """The phone, buyer or receiver of an order. Raises OneRopeError `not_on_order` when the platform told none."""
    tag, shown = {
        Kind.PHONE: (order.phone_key, order.receiver_phone),
        Kind.BUYER: (order.buyer_key, f"{order.platform} {order.order_no}"),
        Kind.ADDRESS: (order.receiver_key, f"{order.receiver_name} {order.city}{order.district}"),
    }[Kind(kind)]
    if not tag:
        raise OneRopeError(_("The platform did not tell us that of this order."), code="not_on_order")
    return Trait(kind, tag, shown)


def add(trait: Trait, reason: str) -> BlacklistEntry:
    """Raises Conflict `already_listed`."""
    entry, created = BlacklistEntry.objects.get_or_create(
        tag=trait.tag, defaults={"kind": trait.kind, "shown": trait.shown[:80], "reason": reason[:200]}
    )
    if not created:
        raise Conflict(_("That is on the blacklist already."), code="already_listed")
    audit.record("blacklist.add", f"oms.blacklist:{entry.pk}", reason=reason)
    return entry
