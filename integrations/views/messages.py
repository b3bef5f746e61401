"""Raw messages: what was turned away at the door, what is parked, what could not be delivered outward."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.models import Delivery, InboxMessage, RefusedPush
from core.services import inbox, outbox
from core.web.access import requires
from integrations.channels.labels import explain

SHOWN = 100


@requires("inbox_view")
def message_list(request: HttpRequest) -> HttpResponse:
    parked = InboxMessage.objects.filter(state="dead").defer("body").order_by("-id")[:SHOWN]
    refused = RefusedPush.objects.defer("sample").order_by("-hour", "source")[:SHOWN]
    context = {
        "waiting": InboxMessage.objects.filter(state__in=["new", "doing"]).count(),
        "parked": [(message, explain(message.error_code)) for message in parked],
        "odd": InboxMessage.objects.filter(outcome="unreadable").defer("body").order_by("-id")[:SHOWN],
        "refused": [(row, explain(row.reason)) for row in refused],
        "owed": Delivery.objects.filter(state__in=["pending", "doing"]).count(),
        "undelivered": Delivery.objects.filter(state="dead").order_by("-id")[:SHOWN],
    }
    return render(request, "integrations/messages.html", context)


@requires("inbox_replay")
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Put the chosen parked messages and undelivered events back in line; clicking again changes nothing."""
    reason = request.POST.get("note", "").strip()
    ids = [int(value) for value in request.POST.getlist("message") if value.isdigit()]
    owed = [int(value) for value in request.POST.getlist("delivery") if value.isdigit()]
    revived = inbox.replay(ids, reason=reason) + outbox.revive(owed)
    messages.success(request, _("%(n)d messages are on their way again.") % {"n": revived})
    return HttpResponseRedirect(reverse("integrations:messages"))
