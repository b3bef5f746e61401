"""What finance listens to, and the long work it can do."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from aftersales.domain import events as aftersales_events
from core import jobs
from core.models import Event
from core.subscriptions import subscribe
from core.web import nav
from finance.selectors.statements import open_differences
from finance.services import costs, receivables, uploads
from finance.services.reconciliation import rematch
from oms.domain import events as order_events


def on_money(events: Sequence[Event]) -> None:
    """Orders were paid, changed, shipped or refunded: book it, and look at the bills that speak of them again."""
    rematch(receivables.apply(events))


subscribe("finance.receivables", receivables.ORDER_TYPES, local=on_money)
subscribe("finance.costs", [order_events.SUBORDER_SHIPPED.name], local=costs.on_shipped)
subscribe("finance.returns", [aftersales_events.RETURN_GRADED.name], local=costs.on_returned)

jobs.runner(uploads.JOB_KIND, uploads.run)


def _waiting(user: nav.User) -> int:
    return open_differences(user, nav.BADGE_CAP)


nav.add(80, _("Reconciliation"), "finance:statements", "report-money", "finance_view")
nav.add(82, _("Differences"), "finance:differences", "list-check", "finance_view", badge=_waiting)
nav.add(84, _("Books"), "finance:books", "receipt", "finance_view")
