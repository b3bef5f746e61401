from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.web.access import requires


@requires()
def scanner(request: HttpRequest) -> HttpResponse:
    """Shows what a scanner gun sends, and what is wrong with its set-up."""
    return render(request, "core/scanner.html")
