"""What a person keeps about a list: named filters, columns, density."""

from collections.abc import Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.errors import OneRopeError
from core.models import ListSetting, SavedView
from core.models.saved_view import Density

MAX_QUERYSTRING = 2000  # what the column holds
MAX_VIEWS = 20  # of one user on one page: more tabs than anybody finds again
# Not part of a view: where one was in the list, and free text, which may be a phone number.
NOT_KEPT = ("after", "before", "q")


def save_view(user_id: int, page: str, *, name: str, querystring: str, shared: bool) -> SavedView:
    """Keep the filters of `querystring` under `name`; the same name again replaces what it stood for."""
    kept = kept_filters(querystring)
    if len(kept) > MAX_QUERYSTRING:
        raise OneRopeError(_("These are too many filters for one view."), code="view_too_long")
    mine = SavedView.objects.filter(user_id=user_id, page=page)
    if mine.exclude(name=name).count() >= MAX_VIEWS:
        raise OneRopeError(_("You have %(n)d views here; remove one first.") % {"n": MAX_VIEWS}, code="too_many_views")
    view, _created = SavedView.objects.update_or_create(
        user_id=user_id, page=page, name=name, defaults={"querystring": kept, "shared": shared}
    )
    return view


def kept_filters(querystring: str) -> str:
    """`querystring` in one order, without what a view does not keep."""
    given, kept = QueryDict(querystring), QueryDict(mutable=True)
    for key in sorted(set(given) - set(NOT_KEPT)):
        kept.setlist(key, sorted(filter(None, given.getlist(key))))
    return kept.urlencode()


def remove_view(user_id: int, view_id: int) -> bool:
    """Whether there was such a view of this user."""
    removed, _by_model = SavedView.objects.filter(pk=view_id, user_id=user_id).delete()
    return removed > 0


def set_list(user_id: int, page: str, *, hidden_columns: Sequence[str], density: str) -> None:
    hidden = sorted({name[:60] for name in hidden_columns})[:50]
    chosen = density if density in Density.values else Density.ROOMY
    ListSetting.objects.update_or_create(
        user_id=user_id, page=page, defaults={"hidden_columns": hidden, "density": chosen}
    )
