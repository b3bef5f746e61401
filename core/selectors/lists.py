from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q, QuerySet

from core.models import ListSetting, SavedView

User = AbstractBaseUser | AnonymousUser
MAX_TABS = 12


def views_of(user: User, page: str) -> QuerySet[SavedView]:
    """The user's own views of a list and those that others share, in the order they were made."""
    return SavedView.objects.filter(Q(user__pk=user.pk) | Q(shared=True), page=page).order_by("pk")[:MAX_TABS]


def setting_of(user: User, page: str) -> ListSetting:
    """The user's setting of a list, or the (unsaved) usual one."""
    return ListSetting.objects.filter(Q(user__pk=user.pk), page=page).first() or ListSetting(page=page)
