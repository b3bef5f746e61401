"""What after-sales listens to, and what may be asked in its rules."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from aftersales.services import reports, stuck
from aftersales.services.desk import RULE_KIND
from core import vocabulary
from core.models import Event
from core.subscriptions import subscribe
from core.vocabulary import Action, Field
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
        fields={
            "kind": Field(_("kind"), str),
            "source": Field(_("source"), str),
            "platform": Field(_("platform"), str),
            "shop": Field(_("shop"), str),
            "amount_minor": Field(_("amount"), int, unit=_("yuan"), money=True),
        },
        actions={
            "first_response_minutes": Action(_("first response within (working minutes)")),
            "priority": Action(_("priority (1 urgent … 4 low)")),
            "auto_approve": Action(_("approve refunds without a person"), lambda: [("yes", _("yes"))]),
        },
    )
)
