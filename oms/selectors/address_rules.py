"""Remembered answers about addresses, as people see them."""

from django.db.models import Count, Q, QuerySet

from core.models import UserScope
from core.selectors.scope import scoped
from oms.domain.address.table import Place, table
from oms.models import AddressRule, Order
from oms.selectors.orders import User

SHOWN = 200


def remembered(user: User) -> list[tuple[AddressRule, Place, int]]:
    """The answers in force, newest first, up to SHOWN: the rule, its place, and how many orders it settled."""
    rules = in_force(user).select_related("shop").order_by("-made_at", "-id")[:SHOWN]
    counts = dict(
        Order.objects.filter(address_rule__in=[rule.pk for rule in rules])
        .values_list("address_rule")
        .annotate(orders=Count("id"))
    )
    return [(rule, table().place(rule.code), counts.get(rule.pk, 0)) for rule in rules]


def in_force(user: User) -> QuerySet[AddressRule]:
    """Answers of the user's shops; those for every shop belong to whoever sees every shop."""
    rules = AddressRule.objects.filter(forgotten_at=None)
    return rules if sees_every_shop(user) else scoped(rules.filter(~Q(shop=None)), user, shop="shop_id")


def sees_every_shop(user: User) -> bool:
    return UserScope.objects.filter(user_id=user.pk or 0, all_shops=True).exists()


def asked_alike(order: Order) -> int:
    """How many other orders of the shop wait with the same question."""
    if not order.address_pattern:
        return 0
    waiting = Order.objects.filter(address_pattern=order.address_pattern, address_status="review", shop=order.shop_id)
    return waiting.exclude(pk=order.pk).count()
