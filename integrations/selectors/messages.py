"""Messages as one user sees them: those of the user's shops; a carrier's belong to whoever sees every shop."""

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import QuerySet, Value
from django.db.models.functions import Concat

from catalog.models import Shop
from core.models import Delivery, InboxMessage, OpenException, RefusedPush, UserScope
from core.selectors.scope import scoped
from core.selectors.worklist import visible_to

User = AbstractUser | AnonymousUser
UNDELIVERED = 33  # its kind in `integrations.worklist`


def of_user(user: User) -> QuerySet[InboxMessage]:
    rows = InboxMessage.objects.all()
    return rows if sees_all(user) else rows.filter(source__in=_sources(user))


def refused(user: User) -> QuerySet[RefusedPush]:
    rows = RefusedPush.objects.all()
    return rows if sees_all(user) else rows.filter(source__in=_sources(user))


def undelivered(user: User) -> QuerySet[Delivery]:
    """Events that others did not take, and nobody tries any more."""
    return Delivery.objects.filter(state="dead", id__in=_open(user, UNDELIVERED))


def sees_all(user: User) -> bool:
    return UserScope.objects.filter(user_id=user.pk or 0, all_shops=True).exists()


def _open(user: User, kind: int) -> QuerySet[OpenException, int]:
    return visible_to(user).filter(kind=kind).values_list("ref", flat=True)


def _sources(user: User) -> QuerySet[Shop, str]:
    name = Concat(Value("channel:"), "platform", Value(":"), "code")
    return scoped(Shop.objects.annotate(source=name), user, shop="id").values_list("source", flat=True)
