"""The books: what each account holds."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.access import requires
from finance.selectors.money import trial_balance


@requires("finance_view")
def balance_page(request: HttpRequest) -> HttpResponse:
    """The trial balance of `?from=…&to=…` (business days), or of all time."""
    start, end = _day(request.GET.get("from", "")), _day(request.GET.get("to", ""))
    rows = trial_balance(request.user, start, end)
    off = {row["currency"]: sum(r["balance"] for r in rows if r["currency"] == row["currency"]) for row in rows}
    context = {"rows": rows, "start": start, "end": end, "balanced": not any(off.values())}
    return render(request, "finance/books.html", context)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
