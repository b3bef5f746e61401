"""Step 5: verify every unit, the fragile and pack-spec checks, the scale. A wrong scan is loud and recorded."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Sum, When
from django.utils.translation import gettext as _

from catalog.models import Barcode
from core.errors import Conflict, NotFound, OneRopeError
from core.selectors.rules import live_rules
from core.services import audit
from fulfillment.domain import events as e
from fulfillment.domain.batching import WaveKind
from fulfillment.domain.codes import OwnCode, clean, own, spellings
from fulfillment.domain.parcel import ParcelState
from fulfillment.domain.weighing import culprit
from fulfillment.models import PackScan, Parcel, ParcelShare, PickLine
from fulfillment.models.wave import PickLineState
from fulfillment.selectors import boxes
from fulfillment.selectors import contents as held
from fulfillment.selectors.contents import Item
from fulfillment.services.parcels import ParcelChanges
from oms.domain.status import Step, SubOrderStatus
from oms.models import SubOrder
from oms.selectors.pool import not_held
from oms.services import suborders

MAX_WEIGHT_G = 1_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is ok, wrong or done; `left` units still to scan."""

    code: str
    tone: str
    text: str
    left: int


@dataclass(frozen=True, slots=True)
class Check:
    """Something the packer must confirm before the parcel is closed; `code` is stable."""

    code: str
    text: str


def open(code: str, warehouse_ids: Sequence[int] | None = None) -> Parcel:
    """The parcel a packer means: by waybill number, parcel (`P12`), sub-order (`S12`), tote (`T12-3`), or the barcode
    of a product that was picked by itself: then the oldest parcel that waits for one. `warehouse_ids` None: any.

    Raises NotFound (`parcel_not_found`).
    """
    live = Parcel.objects.exclude(state=ParcelState.VOIDED).select_related("suborder__order", "warehouse")
    if warehouse_ids is not None:
        live = live.filter(warehouse_id__in=warehouse_ids)
    names, label = spellings(code) - {""}, own(clean(code))
    parcel = live.filter(waybill_no__in=names).order_by("-id").first()
    if parcel is None and label is not None:
        parcel = _by_label(label, live)
    if parcel is None:
        parcel = _by_product(names, live)
    if parcel is None:
        raise NotFound(_("There is no such parcel."), code="parcel_not_found")
    return parcel


def _by_label(label: OwnCode, live: QuerySet[Parcel]) -> Parcel | None:
    if label.kind == "P":
        return live.filter(id=label.number).first()
    if label.kind == "S":
        return live.filter(shares__suborder_id=label.number).first()
    # Orders that were in one tote when they were parted have a parcel each: first the one that is still to be packed.
    inside = PickLine.objects.filter(tote__task_id=label.number, tote__number=label.place).values("suborder_id")
    parcels = live.filter(Exists(ParcelShare.objects.filter(parcel=OuterRef("pk"), suborder_id__in=inside)))
    return parcels.order_by(Case(When(state=ParcelState.OPEN, then=0), default=1), "id").first()


def _by_product(barcodes: Collection[str], live: QuerySet[Parcel]) -> Parcel | None:
    """The oldest open parcel of a single-item walk that holds this product and was not begun."""
    sku_ids = list(Barcode.objects.filter(code__in=barcodes).values_list("sku_id", flat=True))
    waiting = live.filter(
        not_held(Step.PICK, "suborder__order__"),
        state=ParcelState.OPEN, suborder__status=SubOrderStatus.PICKED, scans=None,
        suborder__pick_lines__task__wave__kind=WaveKind.SINGLE, suborder__pick_lines__state=PickLineState.PICKED,
        suborder__pick_lines__sku_id__in=sku_ids,
    )  # fmt: skip
    return waiting.order_by("id").first()


def contents(parcel: Parcel) -> list[tuple[Item, int]]:
    """What must be in the parcel, each with the units scanned so far."""
    scanned = scanned_units(parcel.pk)
    return [(item, scanned.get(item.sku_id, 0)) for item in _items(parcel)]


def _items(parcel: Parcel) -> list[Item]:
    inside = _members(parcel)
    return held.together(inside, held.items(inside))


def _members(parcel: Parcel) -> list[int]:
    """The sub-orders whose goods are in it, read anew."""
    return list(ParcelShare.objects.filter(parcel=parcel).order_by("suborder_id").values_list("suborder_id", flat=True))


def scanned_units(parcel_id: int) -> dict[int, int]:
    rows = PackScan.objects.filter(parcel_id=parcel_id, verdict="ok").values_list("sku_id").annotate(units=Sum("qty"))
    return {sku_id: units for sku_id, units in rows if sku_id is not None}


def checklist(parcel: Parcel) -> list[Check]:
    """What must be confirmed besides the units: cushioning of fragile goods, the pack spec's materials."""
    items = _items(parcel)
    checks = [Check("fragile", _("Fragile goods are cushioned and marked"))] if any(i.fragile for i in items) else []
    for material in sorted({item.material for item in items if item.material}):
        names = ", ".join(sorted(item.name for item in items if item.material == material))
        words = {"material": material, "names": names}
        checks.append(Check(f"material:{material}", _("%(material)s used for %(names)s") % words))
    return checks


def expected_weight(parcel: Parcel) -> int | None:
    """What the scale should say, in g; None when a SKU was never weighed."""
    return held.expected_weights([_members(parcel)])[0]


def scan(parcel_id: int, raw: str, uuid: UUID, user_id: int | None) -> Verdict:
    """Verify one item; the same uuid counts once. Raises Conflict: `parcel_closed`, `not_picked` (its goods are not
    here), `order_held`."""
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update(of=("self",)).select_related("suborder__order").get(id=parcel_id)
        _check_packable(parcel)
        rows = contents(parcel)
        seen = PackScan.objects.filter(uuid=uuid).first()
        left = sum(item.qty - scanned for item, scanned in rows)
        if seen is None:
            verdict, sku_id, qty = _judge(rows, raw)
            seen = PackScan.objects.create(
                uuid=uuid, parcel=parcel, code=clean(raw), sku_id=sku_id, qty=qty, verdict=verdict, user_id=user_id
            )
            left -= qty
        return _say(seen.verdict, left)


def _check_packable(parcel: Parcel) -> None:
    if parcel.state != ParcelState.OPEN:
        raise Conflict(_("This parcel is closed."), code="parcel_closed")
    inside = _members(parcel)
    goods = SubOrder.objects.filter(id__in=inside).values_list("status", "order__blocked")
    if any(status != SubOrderStatus.PICKED for status, _blocked in goods):
        raise Conflict(_("The goods of this parcel are not picked yet."), code="not_picked")
    if any(Step.PICK in blocked for _status, blocked in goods):
        raise Conflict(_("The order is held: put the goods aside."), code="order_held")
    if frozenset(inside) not in boxes.standing(inside):
        raise Conflict(_("What leaves together has changed: open the parcel anew."), code="box_changed")


def _judge(rows: Sequence[tuple[Item, int]], raw: str) -> tuple[str, int | None, int]:
    """Verdict, the SKU that was read, and the units it counts for."""
    barcode = Barcode.objects.filter(code__in=spellings(raw)).first()
    if barcode is None:
        return "unknown", None, 0
    for item, scanned in rows:
        if item.sku_id == barcode.sku_id:
            fits = scanned + barcode.qty <= item.qty
            return ("ok", item.sku_id, barcode.qty) if fits else ("extra", item.sku_id, 0)
    return "wrong", barcode.sku_id, 0


def restart(parcel_id: int) -> None:
    """Forget what was verified: the packer starts the parcel over. What went wrong stays on record."""
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update().get(id=parcel_id)
        if parcel.state != ParcelState.OPEN:
            raise Conflict(_("This parcel is closed."), code="parcel_closed")
        PackScan.objects.filter(parcel=parcel, verdict="ok").update(verdict="undone")


def complete(parcel_id: int, weight_g: int, *, checks: Collection[str] = (), overrule: str = "") -> None:
    """Close the parcel; `checks` are the codes of its checklist that were confirmed. A closed one stays as it is.

    Raises Conflict: `units_missing`, `unchecked`, `weight_mismatch` naming the likely culprit (unless `overrule` says
    why the scale is wrong: that is audited), or what `scan` raises.
    """
    if not 0 < weight_g <= MAX_WEIGHT_G:
        raise OneRopeError(_("Put the parcel on the scale."), code="no_weight")
    with transaction.atomic():
        changes = ParcelChanges()
        row = changes.open([parcel_id])[parcel_id]
        if row["state"] in {ParcelState.PACKED, ParcelState.SHIPPED}:
            return
        parcel = Parcel.objects.select_related("suborder__order").get(id=parcel_id)
        _check_packable(parcel)
        rows = contents(parcel)
        if not rows or any(scanned != item.qty for item, scanned in rows):
            raise Conflict(_("Not every item was scanned."), code="units_missing")
        open_checks = [check for check in checklist(parcel) if check.code not in checks]
        if open_checks:
            raise Conflict(open_checks[0].text, code="unchecked", fields={"check": open_checks[0].code})
        expected = _weigh([item for item, _scanned in rows], weight_g, parcel_id, overrule)
        payload = {
            "weight_g": weight_g, "expected_g": expected, "checks": sorted(checks), "overrule": overrule[:120],
        }  # fmt: skip
        changes.add(parcel_id, e.PARCEL_PACKED, payload)
        changes.save()
        suborders.move(_members(parcel), SubOrderStatus.PACKED)


def _weigh(items: list[Item], actual_g: int, parcel_id: int, overrule: str) -> int:
    """The weight the parcel should have; 0 when nobody knows (a SKU was never weighed: then any weight will do)."""
    rules = live_rules("weighing")[1]
    expected = held.expected_weight(items, rules)
    if expected is None:
        return 0
    likely = culprit(expected, actual_g, {i.code: i.weight_g for i in items}, held.tolerance(items, rules))
    if likely is None:
        return expected
    fields = {"expected_g": expected, "actual_g": actual_g, "culprit": likely}
    if overrule:
        audit.record("parcel.overrule_scale", f"fulfillment.parcel:{parcel_id}", reason=overrule, after=fields)
        return expected
    words = {"actual": actual_g, "expected": expected, "guess": _guess(likely)}
    text = _("The scale says %(actual)d g, expected %(expected)d g: %(guess)s")
    raise Conflict(text % words, code="weight_mismatch", fields=fields)


def _guess(likely: str) -> str:
    if not likely:
        return _("no single item explains it")
    text = _("one %(sku)s too many?") if likely[0] == "+" else _("one %(sku)s missing?")
    return text % {"sku": likely[1:]}


def _say(code: str, left: int) -> Verdict:
    texts = {
        "ok": _("Right"),
        "wrong": _("This item does not belong in the parcel"),
        "extra": _("One too many of this item"),
        "unknown": _("Unknown barcode"),
    }
    tone = "wrong" if code != "ok" else ("done" if left == 0 else "ok")
    return Verdict(code, tone, _("All items verified") if tone == "done" else texts[code], left)
