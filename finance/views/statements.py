"""Imported bills: the list, one of them, its lines, and a new one."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core.models import Job
from core.web.access import requires
from core.web.columns import Column, Empty
from core.web.listing import ListPage
from finance.domain.bills import BillError
from finance.filters import LineFilter, StatementFilter
from finance.forms.upload import UploadForm
from finance.models import Statement, StatementLine
from finance.selectors import statements as select
from finance.services import uploads
from finance.services.reconciliation import reconcile


class StatementList(ListPage):
    """Bills, newest first, with what is still open of each."""

    name = "finance.statements"
    permission = "finance_view"
    title = gettext_lazy("Reconciliation")
    subtitle = gettext_lazy("Bills of platforms and banks against our orders")
    template = "finance/statements.html"
    filterset = StatementFilter
    columns = (
        Column(name="file", label=gettext_lazy("Bill"), template="finance/cells/file.html", fixed=True),
        Column(name="shop", label=gettext_lazy("Shop"), template="finance/cells/shop.html"),
        Column(name="period", label=gettext_lazy("Period"), template="finance/cells/period.html", sort="period_start"),
        Column(name="rows", label=gettext_lazy("Rows"), kind="number", sort="rows"),
        Column(name="in_minor", label=gettext_lazy("In"), kind="money", sort="in_minor"),
        Column(name="out_minor", label=gettext_lazy("Out"), kind="money"),
        Column(name="matched_rows", label=gettext_lazy("Matched"), kind="number"),
        Column(name="explained_rows", label=gettext_lazy("Explained"), kind="number"),
        Column(name="open", label=gettext_lazy("To be settled"), template="finance/cells/open.html"),
        Column(name="residual_minor", label=gettext_lazy("Residual"), kind="money", sort="residual_minor"),
        Column(name="imported_at", label=gettext_lazy("Imported"), kind="ago", sort="imported_at"),
    )
    empty = Empty(
        title=gettext_lazy("No bill imported yet"),
        hint=gettext_lazy(
            "Download one from the platform and import it as it is; it is matched to the orders at once."
        ),
        icon="report-money",
    )

    def rows(self) -> QuerySet[Statement]:
        return select.for_list(self.request.user)


class LineList(ListPage):
    """Lines of bills with the rule that decided on each."""

    name = "finance.lines"
    permission = "finance_view"
    title = gettext_lazy("Statement lines")
    filterset = LineFilter
    default_sort = "id"
    columns = (
        Column(name="row_no", label=gettext_lazy("Row"), kind="number", fixed=True),
        Column(name="occurred_at", label=gettext_lazy("Time"), kind="ago"),
        Column(name="order_ref", label=gettext_lazy("Order"), kind="code", template="finance/cells/order.html"),
        Column(name="kind", label=gettext_lazy("Kind"), template="finance/cells/kind.html"),
        Column(name="in_minor", label=gettext_lazy("In"), kind="money"),
        Column(name="out_minor", label=gettext_lazy("Out"), kind="money"),
        Column(name="cause", label=gettext_lazy("Outcome"), template="finance/cells/outcome.html"),
        Column(name="text", label=gettext_lazy("Remark")),
    )
    empty = Empty(title=gettext_lazy("No lines"), icon="report-money")

    def rows(self) -> QuerySet[StatementLine]:
        return select.lines_of(self.request.user)


@requires("finance_view")
def statement_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One bill: platform, system and difference by cause."""
    statement = get_object_or_404(select.visible_to(request.user).select_related("shop", "imported_by"), pk=pk)
    causes = select.cause_tree(statement)
    context = {
        "statement": statement,
        "causes": causes,
        "total": select.tree_total(causes),
        "warnings": select.warnings_in_words(statement),
    }
    return render(request, "finance/statement.html", context)


@requires("finance_edit")
@require_POST
def rejudge(request: HttpRequest, pk: int) -> HttpResponse:
    """Look again: orders may have come since."""
    reconcile(get_object_or_404(select.visible_to(request.user), pk=pk).pk)
    messages.success(request, _("Reconciled again."))
    return HttpResponseRedirect(reverse("finance:statement", args=[pk]))


@requires("finance_edit")
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            return _received(request, form)
        except BillError as exc:
            form.add_error("file", uploads.say(exc))
    return render(request, "finance/upload.html", {"form": form}, status=422 if form.errors else 200)


def _received(request: HttpRequest, form: UploadForm) -> HttpResponse:
    given: dict[str, Any] = form.cleaned_data
    done = uploads.receive(
        given["file"].read(),
        given["source"],
        name=given["file"].name,
        shop_id=given["shop"].pk if given["shop"] else None,
        mapping=form.mapping if given["source"] == "generic" else None,
        user_id=request.user.pk,
    )
    if isinstance(done, Job):
        return HttpResponseRedirect(reverse("finance:job", args=[done.pk]))
    if not done.fresh:
        messages.info(request, _("This very file was imported before; nothing has changed."))
    return HttpResponseRedirect(reverse("finance:statement", args=[done.statement.pk]))


@requires("finance_view")
def job_page(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(Job, pk=pk, kind=uploads.JOB_KIND, created_by=request.user)
    fragment = request.headers.get("HX-Request") == "true"
    context = {"job": job, "url": request.path}
    return render(request, "components/job.html" if fragment else "finance/job.html", context)
