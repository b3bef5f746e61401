"""What the floor listens to, which rules it knows, which jobs it runs, what the sweeper watches."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.models import Carrier, Warehouse
from core import jobs, vocabulary
from core.models import Event
from core.subscriptions import subscribe
from core.sweeper import watch
from core.vocabulary import Action, Field
from core.web import nav
from fulfillment.models.wave import WAVE_KIND
from fulfillment.services import batch_jobs, parcels, putback, waybills
from fulfillment.services.recall import Floor
from oms.domain.status import Step
from oms.models import SubOrder
from oms.ports import provide
from oms.services import merging


def on_suborder_cancelled(events: Sequence[Event]) -> None:
    """Sub-orders that will not leave: strike their lines on the picker's screen, put the goods back, void the label."""
    taken_back = {event.payload["suborder_id"] for event in events}
    parcels.regroup(taken_back, "cancelled")
    putback.fit(taken_back)


def on_order_parted(events: Sequence[Event]) -> None:
    """Orders that go by themselves again, wherever on the floor their goods are."""
    parcels.regroup({event.payload["suborder_id"] for event in events}, "parted")


def on_suborder_trimmed(events: Sequence[Event]) -> None:
    trimmed = {event.payload["suborder_id"] for event in events}
    parcels.reforecast(trimmed)
    putback.fit(trimmed)


def on_hold_opened(events: Sequence[Event]) -> None:
    """Orders that must wait: what nobody has begun to pick leaves its walk, and the orders that it was to leave with go
    on without it; the rest is stopped at the bench."""
    held = SubOrder.objects.filter(order_id__in=_order_ids(events), order__blocked__contains=[Step.PICK])
    waiting = putback.unpicked(held.values_list("id", flat=True))
    putback.park(waiting)
    merging.leave(waiting, "held")


def on_order_changed(events: Sequence[Event]) -> None:
    """Labels that would be wrong now are made anew, unless somebody has them in hand already."""
    waybills.drop_stale(_order_ids(events))


def _order_ids(events: Sequence[Event]) -> list[int]:
    return sorted({int(event.stream.rpartition(":")[2]) for event in events})


subscribe("fulfillment.cancelled", ["oms.suborder_cancelled"], local=on_suborder_cancelled)
subscribe("fulfillment.parted", ["oms.order_parted"], local=on_order_parted)
subscribe("fulfillment.trimmed", ["oms.suborder_trimmed"], local=on_suborder_trimmed)
subscribe("fulfillment.held", ["oms.hold_opened"], local=on_hold_opened)
subscribe(
    "fulfillment.changed",
    ["oms.order_amended", "oms.address_fixed", "oms.suborder_trimmed"],
    local=on_order_changed,
)

provide(Floor())

jobs.runner(batch_jobs.LABELS, batch_jobs.run_labels)
jobs.runner(batch_jobs.NUMBERS, batch_jobs.run_numbers)
jobs.runner(batch_jobs.RENEWED, batch_jobs.run_renewed)
jobs.runner(batch_jobs.HANDOVER, batch_jobs.run_handover)

watch(
    "fulfillment.tasks.plan_waves",
    "SELECT 1 FROM oms_suborder s JOIN oms_order o ON o.id = s.order_id"
    " WHERE s.status = 'reserved' AND NOT o.blocked @> '{pick}'",
)
watch(
    "fulfillment.tasks.finish_walks",
    "SELECT 1 FROM fulfillment_picktask t JOIN fulfillment_wave w ON w.id = t.wave_id"
    " WHERE t.finished_at IS NULL AND w.state = 'released' AND NOT EXISTS"
    " (SELECT 1 FROM fulfillment_pickline l WHERE l.task_id = t.id AND l.state = 'open')",
)
watch("fulfillment.tasks.settle_shortfalls", "SELECT 1 FROM fulfillment_shortfall WHERE settled_at IS NULL")
watch(
    "fulfillment.tasks.fetch_waybills",
    "SELECT 1 FROM fulfillment_parcel p WHERE p.state IN ('open', 'packed') AND NOT EXISTS"
    " (SELECT 1 FROM fulfillment_parcelshare s JOIN oms_order o ON o.id = s.order_id"
    " WHERE s.parcel_id = p.id AND o.blocked @> '{ship}') AND NOT EXISTS"
    " (SELECT 1 FROM fulfillment_waybill w WHERE w.parcel_id = p.id AND w.state <> 'void')"
    " UNION ALL SELECT 1 FROM fulfillment_waybill WHERE state = 'unknown'"
    " OR (state = 'asked' AND asked_at < now() - interval '2 minutes')"
    " OR (state = 'void' AND number <> '' AND recycled_at IS NULL)",
)


def _warehouses() -> Iterable[tuple[Any, Any]]:
    return Warehouse.objects.filter(is_active=True).order_by("code").values_list("id", "name")


def _preferences() -> Iterable[tuple[Any, Any]]:
    return [("cheapest", _("cheapest")), ("fastest", _("fastest"))]


def _carriers() -> Iterable[tuple[Any, Any]]:
    return Carrier.objects.order_by("code").values_list("code", "name")


vocabulary.register(
    vocabulary.RuleKind(
        kind="wave",
        label=_("Waves"),
        fields={
            "kind": Field(_("kind of wave"), str, choices=lambda: WAVE_KIND),
            "warehouse": Field(_("warehouse"), int, choices=_warehouses),
            "waiting": Field(_("sub-orders waiting"), int),
        },
        actions={
            "max_orders": Action(_("most orders")),
            "max_lines": Action(_("most lines")),
            "max_weight_g": Action(_("heaviest (g)")),
            "min_orders": Action(_("fewest orders")),
            "wait_minutes": Action(_("wait for company (minutes)")),
            "max_backlog": Action(_("let it grow while so many walks wait")),
            "urgent_hours": Action(_("start at once when due within (hours)")),
        },
        first_match=True,
    )
)
vocabulary.register(
    vocabulary.RuleKind(
        kind="weighing",
        label=_("Weight check"),
        fields={"units": Field(_("pieces"), int), "fragile": Field(_("fragile"), bool)},
        actions={
            "packaging_g": Action(_("box and filling (g)")),
            "grams": Action(_("tolerance (g)")),
            "percent": Action(_("tolerance (%)")),
        },
        first_match=True,
    )
)
vocabulary.register(
    vocabulary.RuleKind(
        kind="carrier",
        label=_("Carriers"),
        fields={
            "weight_g": Field(_("weight (g)"), int),
            "province": Field(_("province"), str),
            "platform": Field(_("platform"), str),
            "cod": Field(_("cash on delivery"), bool),
            "warehouse": Field(_("warehouse"), int, choices=_warehouses),
        },
        actions={
            "carrier": Action(_("carrier"), _carriers),
            "prefer": Action(_("cheapest or fastest"), _preferences),
            "within_hours": Action(_("within hours")),
        },
        first_match=True,
    )
)
nav.add(40, _("Waves"), "fulfillment:waves", "wave-sine", "waves_view")
nav.add(50, _("Pick"), "fulfillment:pick", "shopping-cart", "pick")
nav.add(54, _("Pack"), "fulfillment:pack", "package", "pack")
nav.add(58, _("Shipments"), "fulfillment:shipments", "truck-delivery", "shipments_view")
