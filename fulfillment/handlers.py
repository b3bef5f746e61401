"""What the floor listens to, which rules it knows, what the sweeper watches."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core import jobs, vocabulary
from core.models import Event
from core.subscriptions import subscribe
from core.sweeper import watch
from core.web import nav
from fulfillment.services import labels, picking, putback


def on_taken_back(events: Sequence[Event]) -> None:
    """Sub-orders that will not leave: strike their lines on the picker's screen, put the goods back."""
    for task_id in putback.take_back([event.payload["suborder_id"] for event in events]):
        picking.finish(task_id)


def on_trimmed(events: Sequence[Event]) -> None:
    for event in events:
        quantities = {int(line_id): change["qty"] for line_id, change in event.payload["lines"].items()}
        for task_id in putback.trim(event.payload["suborder_id"], quantities):
            picking.finish(task_id)


subscribe("fulfillment.putback", ["oms.suborder_cancelled"], local=on_taken_back)
subscribe("fulfillment.trim", ["oms.suborder_trimmed"], local=on_trimmed)

watch(
    "fulfillment.tasks.plan_waves",
    "SELECT 1 FROM oms_suborder s JOIN oms_order o ON o.id = s.order_id"
    " WHERE s.status = 'reserved' AND o.open_holds = 0",
)
watch(
    "fulfillment.tasks.fetch_waybills",
    "SELECT 1 FROM fulfillment_parcel p WHERE p.state IN ('open', 'packed') AND NOT EXISTS"
    " (SELECT 1 FROM fulfillment_waybill w WHERE w.parcel_id = p.id AND w.state NOT IN ('void', 'unknown'))",
)

vocabulary.register(
    vocabulary.RuleKind(
        kind="wave",
        label=_("Waves"),
        facts={"kind": str, "warehouse": int, "waiting": int},
        labels={"kind": _("kind of wave"), "warehouse": _("warehouse"), "waiting": _("sub-orders waiting")},
        actions={"max_orders": _("most orders"), "max_lines": _("most lines"), "min_orders": _("fewest orders")},
    )
)
vocabulary.register(
    vocabulary.RuleKind(
        kind="carrier",
        label=_("Carriers"),
        facts={"weight_g": int, "province": str, "platform": str, "cod": bool},
        labels={
            "weight_g": _("weight (g)"),
            "province": _("province"),
            "platform": _("platform"),
            "cod": _("cash on delivery"),
        },
        actions={"carrier": _("carrier"), "prefer": _("cheapest or fastest"), "within_hours": _("within hours")},
    )
)
nav.add(40, _("Waves"), "fulfillment:waves", "wave-sine", "waves_view")
nav.add(50, _("Pick"), "fulfillment:pick", "shopping-cart", "pick")
nav.add(54, _("Pack"), "fulfillment:pack", "package", "pack")
nav.add(58, _("Shipments"), "fulfillment:shipments", "truck-delivery", "shipments_view")
jobs.runner(labels.JOB_KIND, labels.run)
