"""What after-sales listens to, and what may be asked in its rules."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from aftersales.services import reports, stuck
from aftersales.services.desk import RULE_FACTS, RULE_KIND
from core import vocabulary
from core.models import Event
from core.subscriptions import subscribe
from core.web import nav


def on_refund_reported(events: Sequence[Event]) -> None:
    told = [reports.read(event.stream, event.payload) for event in events]
    reports.take([report for report in told if report is not None])


def on_parcel_node(events: Sequence[Event]) -> None:
    stuck.take([event.payload for event in events])


subscribe("aftersales.refund_reports", ["oms.refund_reported"], local=on_refund_reported)
subscribe("aftersales.parcel_trouble", ["fulfillment.parcel_node"], local=on_parcel_node)

nav.add(60, _("After-sales"), "aftersales:tickets", "headset", "tickets_view")
nav.add(62, _("Return desk"), "aftersales:returns", "truck-return", "shipments_view")

vocabulary.register(
    vocabulary.RuleKind(
        kind=RULE_KIND,
        label=_("After-sales tickets"),
        facts=RULE_FACTS,
        labels={
            "kind": _("kind"),
            "source": _("source"),
            "platform": _("platform"),
            "shop": _("shop"),
            "amount_minor": _("amount (fen)"),
        },
        actions={
            "first_response_minutes": _("first response within (working minutes)"),
            "priority": _("priority (1 urgent … 4 low)"),
            "auto_approve": _("approve refunds without a person"),
        },
    )
)
