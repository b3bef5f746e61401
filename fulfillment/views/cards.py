"""Cards to print and hang at the cart and the bench: a scan of one presses a button of the scan page."""

from itertools import accumulate

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from core.web.access import requires
from fulfillment.domain.labels.code128 import modules

COMMANDS = [
    ("C-OK", _("Confirm"), _("A wrong scan was seen; a question is answered with yes")),
    ("C-UNDO", _("Undo last"), _("Takes back the last scan of the walk")),
    ("C-LATER", _("Later"), _("Puts this bin to the end of the walk")),
    ("C-SHORT", _("Short"), _("The bin holds less than it should")),
    ("C-AGAIN", _("Start over"), _("Verifies the open parcel from the beginning")),
]
QUIET = 10  # modules of white on both sides, as Code 128 demands


@requires()
def command_cards(request: HttpRequest) -> HttpResponse:
    cards = [{"code": code, "label": label, "hint": hint, **_drawn(code)} for code, label, hint in COMMANDS]
    return render(request, "fulfillment/cards.html", {"cards": cards})


def _drawn(code: str) -> dict[str, object]:
    """`bars` as (start, width) in modules, and the `width` of the whole with its quiet zones."""
    widths = modules(code)
    starts = accumulate(widths[:-1], initial=QUIET)
    return {"bars": list(zip(starts, widths, strict=True))[::2], "width": sum(widths) + 2 * QUIET}
