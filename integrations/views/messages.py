"""Raw messages: what was turned away at the door, what is parked, what could not be delivered outward."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core.domain.shapes import said, shown
from core.models import Delivery
from core.services import inbox, outbox
from core.web.access import requires
from core.web.redirects import back
from integrations.channels.labels import explain
from integrations.selectors import messages as select

SHOWN = 100


@requires("inbox_view")
@require_GET
def message_list(request: HttpRequest) -> HttpResponse:
    user = request.user
    visible = select.of_user(user)
    parked = visible.filter(state="dead").defer("body").order_by("-id")[:SHOWN]
    refused = select.refused(user).defer("sample").order_by("-hour", "source")[:SHOWN]
    owed = Delivery.objects.filter(state__in=["pending", "doing"]).count() if select.sees_all(user) else None
    context = {
        "waiting": visible.filter(state__in=["new", "doing"]).count(),
        "parked": [(message, explain(message.error_code)) for message in parked],
        "odd": visible.filter(outcome="unreadable").defer("body").order_by("-id")[:SHOWN],
        "refused": [(row, explain(row.reason)) for row in refused],
        "owed": owed,
        "undelivered": [(row, said(row.last_error)) for row in select.undelivered(user).order_by("-id")[:SHOWN]],
    }
    return render(request, "integrations/messages.html", context)


@requires("inbox_view")
@require_GET
def message_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: its bytes by their shape, why it could not be applied, and another try."""
    message = get_object_or_404(select.of_user(request.user), pk=pk)
    body = bytes(message.body)
    context = {
        "message": message, "words": explain(message.error_code), "error": said(message.error), "body": shown(body),
        "size": len(body), "parked": message.state == "dead",
    }  # fmt: skip
    return render(request, "integrations/message.html", context)


@requires("inbox_replay")
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Put the chosen parked messages and undelivered events back in line; clicking again changes nothing."""
    reason = request.POST.get("note", "").strip()
    ids = select.of_user(request.user).filter(pk__in=_ids(request, "message")).values_list("pk", flat=True)
    owed = select.undelivered(request.user).filter(pk__in=_ids(request, "delivery")).values_list("pk", flat=True)
    revived = inbox.replay(list(ids), reason=reason) + outbox.revive(list(owed))
    messages.success(request, _("%(n)d messages are on their way again.") % {"n": revived})
    return back(request, reverse("integrations:messages"))


def _ids(request: HttpRequest, name: str) -> list[int]:
    return [
        int(value) for value in request.POST.getlist(name) if value.isascii() and value.isdigit() and len(value) < 19
    ]
