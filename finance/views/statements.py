from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.access import requires
from core.web.paging import paged
from finance.models import Statement


@requires("finance_view")
def statement_list(request: HttpRequest) -> HttpResponse:
    """Imported bills, newest first."""
    return render(request, "finance/statements.html", {"page": paged(Statement.objects.all(), request.GET)})
