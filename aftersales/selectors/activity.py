"""A ticket's events as sentences for the desk."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from aftersales.choices import CHANNEL, MESSAGE_KIND, PLATFORM_STATUS, PRIORITY, RESOLUTION, TICKET_MOVE, TICKET_STATUS
from core.models import Event
from core.templatetags.onerope import money

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """Who did what, and when."""

    at: datetime
    actor: str
    text: str
    detail: str


def told(events: Iterable[Event]) -> list[Line]:
    return [Line(event.occurred_at, event.actor, *_TELLERS[event.type](event.payload)) for event in events]


def _moved(payload: Payload) -> tuple[str, str]:
    text = TICKET_MOVE.get(payload["action"]) or dict(TICKET_STATUS)[payload["status"]]
    return str(text), str(dict(RESOLUTION).get(payload["resolution"], ""))


def _assigned(payload: Payload) -> tuple[str, str]:
    user = get_user_model().objects.filter(pk=payload["assignee_id"]).first()
    return _("Assigned"), user.get_username() if user else _("nobody")


def _reported(payload: Payload) -> tuple[str, str]:
    status = dict(PLATFORM_STATUS).get(payload["platform_status"], payload["platform_status"])
    return _("The platform says: %(status)s") % {"status": status}, ""


def _refund(text: str) -> Callable[[Payload], tuple[str, str]]:
    def tell(payload: Payload) -> tuple[str, str]:
        amount = money(payload["amount_minor"], payload["currency"])
        return _(text), f"{amount} · {dict(CHANNEL)[payload['channel']]}"

    return tell


_TELLERS: Mapping[str, Callable[[Payload], tuple[str, str]]] = {
    "aftersales.ticket_opened": lambda payload: (_("Ticket opened"), payload["ticket"]["title"]),
    "aftersales.ticket_linked": lambda payload: (_("Linked to the platform's refund"), payload["refund_no"]),
    "aftersales.ticket_reported": _reported,
    "aftersales.ticket_assigned": _assigned,
    "aftersales.ticket_prioritised": lambda p: (_("Priority"), str(dict(PRIORITY)[p["priority"]])),
    "aftersales.ticket_written": lambda payload: (str(dict(MESSAGE_KIND)[payload["kind"]]), ""),
    "aftersales.ticket_moved": _moved,
    "aftersales.ticket_replaced": lambda payload: (_("Replacement order made"), f"#{payload['order_id']}"),
    "aftersales.refund_requested": _refund(gettext_noop("Refund asked for")),
    "aftersales.refund_approved": _refund(gettext_noop("Refund approved")),
    "aftersales.refund_succeeded": _refund(gettext_noop("Refund paid")),
    "aftersales.refund_withdrawn": _refund(gettext_noop("Refund withdrawn")),
}
