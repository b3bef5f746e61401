"""A list page: filters in the URL, tabs, a status tree, columns to choose and sort by, pages by key, batch actions.

`docs/ui.md` shows how to make one.
"""

from collections.abc import Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core.errors import OneRopeError
from core.selectors.lists import setting_of, views_of
from core.services.lists import kept_filters
from core.web.access import refusal
from core.web.columns import Action, Branch, Column, Empty
from core.web.htmx import render_page
from core.web.paging import capped_count, paged

COUNT_CAP = 1_000  # of tabs and totals: beyond it a list says "1000+"
MAX_CHOSEN = 5_000  # rows that one batch action may touch
NOT_FILTERS = ("after", "before", "sort")


class ListPage(View):
    """Subclass it per list; `rows` is all that must be written. Answers GET with the page, or with its table alone
    when htmx asks for that."""

    name: ClassVar[str]  # names the list in saved views and settings: `<app>.<list>`
    permission: ClassVar[str]
    title: ClassVar[Any]
    subtitle: ClassVar[Any] = ""
    filterset: ClassVar[type[django_filters.FilterSet]]
    columns: ClassVar[Sequence[Column]]
    empty: ClassVar[Empty]
    default_sort: ClassVar[str] = "-id"
    tree_filter: ClassVar[str] = ""  # the filter that the tree sets
    tree_label: ClassVar[Any] = ""
    actions: ClassVar[Sequence[Action]] = ()
    batch_url: ClassVar[str] = ""  # URL name that the batch bar posts to
    batch_note: ClassVar[Any] = ""  # label of the bar's text field `note`; none without
    template: ClassVar[str] = "components/list/page.html"
    http_method_names = ("get", "head", "options")

    def rows(self) -> QuerySet[Any]:
        """What `self.request.user` may see, from a selector, with what the cells need."""
        raise NotImplementedError

    def prepare(self, rows: Sequence[Any]) -> None:
        """Fetch what the cells of these rows need and no prefetch can: called with the rows of the page."""

    def tree(self) -> Sequence[Branch]:
        return ()

    def extra(self) -> dict[str, Any]:
        """More context for a template of one's own."""
        return {}

    def get(self, request: HttpRequest) -> HttpResponse:
        refused = refusal(request, (self.permission,))
        return refused or render_page(request, self.template, "components/list/table.html", self._context())

    def _context(self) -> dict[str, Any]:
        params, user = self.request.GET, self.request.user
        rows = self.rows()
        filtered = self.filterset(params, rows, request=self.request)
        # Half of what was asked for looks like an answer and is none.
        found = filtered.qs if filtered.is_valid() else rows.none()
        setting = setting_of(user, self.name)
        actions = [one for one in self.actions if not one.permission or user.has_perm(f"core.{one.permission}")]
        sort, order = self._sort(params.get("sort", ""))
        page = paged(found, params, sort=order)
        self.prepare(page.rows)
        return {
            "list": self,
            "filter": filtered,
            "hidden": [self.tree_filter] if self.tree_filter else [],
            "page": page,
            "total": capped_count(found, COUNT_CAP),
            "total_cap": COUNT_CAP,
            "sort": sort,
            "setting": setting,
            "shown": [one for one in self.columns if one.fixed or one.name not in setting.hidden_columns],
            "chosen": params.get(self.tree_filter, "") if self.tree_filter else "",
            "tree": self.tree,  # called by the template, so that a fragment costs no counting
            "tabs": lambda: self._tabs(rows),
            "view": kept_filters(params.urlencode()),
            "narrowed": any(value for key, value in params.items() if key not in NOT_FILTERS),
            "batch": actions,
            "batch_action": reverse(self.batch_url) if actions else "",
            **self.extra(),
        }

    def _sort(self, wanted: str) -> tuple[str, str]:
        """The `sort` that holds (as in the URL), and the look-up it stands for; an unknown one is the default."""
        name, sign = wanted.removeprefix("-"), "-" if wanted.startswith("-") else ""
        for column in self.columns:
            if column.sort and column.name == name:
                return wanted, f"{sign}{column.sort}"
        return "", self.default_sort

    def _tabs(self, rows: QuerySet[Any]) -> list[dict[str, Any]]:
        """The saved views, each with how many rows it holds."""
        tabs = []
        for view in views_of(self.request.user, self.name):
            filtered = self.filterset(QueryDict(view.querystring), rows, request=self.request)
            count = capped_count(filtered.qs, COUNT_CAP) if filtered.is_valid() else 0
            tabs.append({"view": view, "count": count, "mine": view.user_id == self.request.user.pk})
        return tabs


def chosen_ids(
    request: HttpRequest, rows: QuerySet[Any], filterset: type[django_filters.FilterSet], *, limit: int = MAX_CHOSEN
) -> list[int]:
    """Primary keys that a batch form chose, in order: those ticked, or (`all=1`) all that match the form's `filters`;
    only such as are among `rows`, what the user may see. Raises OneRopeError when they are none or too many."""
    if request.POST.get("all") == "1":
        filtered = filterset(QueryDict(request.POST.get("filters", "")), rows, request=request)
        if not filtered.is_valid():
            raise OneRopeError(_("A filter cannot be read."), code="bad_filter")
        rows = filtered.qs
    else:
        ids = [int(value) for value in request.POST.getlist("id") if value.isascii() and value.isdigit()]
        rows = rows.filter(pk__in=ids[: limit + 1])
    found = list(rows.order_by("pk").values_list("pk", flat=True).distinct()[: limit + 1])
    if not found:
        raise OneRopeError(_("Choose at least one row."), code="nothing_chosen")
    if len(found) > limit:
        raise OneRopeError(_("At most %(n)d rows at once; narrow the filters.") % {"n": limit}, code="too_many_chosen")
    return found
