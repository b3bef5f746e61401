"""The return desk's view of parcels."""

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from aftersales.models import ReturnParcel
from core.selectors.scope import scoped

User = AbstractBaseUser | AnonymousUser


def visible_to(user: User) -> QuerySet[ReturnParcel]:
    """The parcels of the user's warehouses."""
    return scoped(ReturnParcel.objects.all(), user, warehouse="warehouse_id")


def for_list(user: User) -> QuerySet[ReturnParcel]:
    return visible_to(user).select_related("ticket", "order", "warehouse").prefetch_related("lines__sku")


def counts(user: User) -> dict[str, int]:
    """Parcels on their way, on the desk, and on the desk without a ticket."""
    return visible_to(user).aggregate(
        expected=Count("id", filter=Q(status="expected")),
        arrived=Count("id", filter=Q(status="arrived")),
        unknown=Count("id", filter=Q(status="arrived", ticket=None)),
    )


def scanned(user: User, code: str) -> QuerySet[ReturnParcel]:
    """What a scan on the desk may mean: a waybill, an order number, `R<id>` of the parcel or `#<id>` of the ticket.
    Parcels still to be dealt with come first."""
    number = code.strip()
    meant = Q(waybill_no=number) | Q(order__order_no=number)
    if number[1:].isdigit() and len(number) < 19:
        meant |= {"R": Q(pk=number[1:]), "#": Q(ticket_id=number[1:])}.get(number[0].upper(), Q())
    settled = ExpressionWrapper(Q(status__in=["graded", "cancelled"]), output_field=BooleanField())
    return for_list(user).filter(meant).order_by(settled, "-id")
