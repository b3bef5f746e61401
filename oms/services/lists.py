"""Put somebody on the black or the white list. Only the blind-index tag and masked text are kept; orders that
wait because of it are screened again."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from core.domain.masking import mask_phone
from core.doorbell import ring
from core.errors import Conflict, OneRopeError
from core.services import audit, rules, vault
from oms.models import ListEntry, Order, Rescreening

Kind = ListEntry.Kind


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
    """A trait of an order. Raises OneRopeError `not_on_order` when the platform told none."""
    where = f"{order.platform} {order.order_no}"
    tag, shown = {
        Kind.PHONE: (order.phone_key, order.receiver_phone),
        Kind.BUYER: (order.buyer_key, where),
        # A masked receiver has no address of its own; the platform's handle of the receiver stands for it.
        Kind.ADDRESS: (order.address_key or order.receiver_key, f"{order.city}{order.district} {order.address_masked}"),
        Kind.IP: (order.ip_key, where),
        Kind.DEVICE: (order.device_key, where),
    }[Kind(kind)]
    if not tag:
        raise OneRopeError(_("The platform did not tell us that of this order."), code="not_on_order")
    return Trait(kind, tag, shown)


def add(trait: Trait, reason: str, side: str = ListEntry.Side.BLACK) -> ListEntry:
    """Raises Conflict `already_listed`: one trait is on one list, once."""
    with transaction.atomic():
        entry, created = ListEntry.objects.get_or_create(
            tag=trait.tag,
            defaults={"side": side, "kind": trait.kind, "shown": trait.shown[:80], "reason": reason[:200]},
        )
        if not created:
            raise Conflict(_("That is on a list already."), code="already_listed")
        audit.record(f"list.{side}", _target(entry), reason=reason)
        _look_again(entry)
    return entry


def change(entry: ListEntry) -> None:
    """Save what a person changed of an entry: its side, its reason, or whether it counts."""
    with transaction.atomic():
        entry.save()
        audit.record(
            "list.change", _target(entry), reason=entry.reason, after={"side": entry.side, "is_active": entry.is_active}
        )
        _look_again(entry)


def _target(entry: ListEntry) -> str:
    return f"oms.listentry:{entry.pk}"


def _look_again(entry: ListEntry) -> None:
    rules.change_what_holds("risk")
    Rescreening.objects.create(tag=entry.tag)
    ring("oms.tasks.rescreen")
