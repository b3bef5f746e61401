"""Step 5: verify every unit, the fragile check, the scale. A wrong scan is loud and recorded."""

from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from catalog.models import Barcode, PackSpec
from core.errors import Conflict, NotFound
from fulfillment.domain import events as e
from fulfillment.domain.parcel import ParcelState
from fulfillment.domain.weighing import culprit
from fulfillment.models import PackScan, Parcel
from fulfillment.services.parcels import ParcelChanges, open_for
from oms.domain.status import SubOrderStatus
from oms.models import SubOrder, SubOrderLine
from oms.services import suborders


@dataclass(frozen=True, slots=True)
class Verdict:
    """`tone` is ok, wrong or done; `left` units still to scan."""

    code: str
    tone: str
    text: str
    left: int


def find(code: str) -> Parcel:
    """The parcel a packer means: by waybill number, parcel number (`P123`) or sub-order number (`S123`)."""
    live = Parcel.objects.exclude(state=ParcelState.VOIDED).select_related("suborder")
    parcel = live.filter(waybill_no=code).first() if code else None
    if parcel is None and code[:1].upper() == "P" and code[1:].isdigit():
        parcel = live.filter(id=int(code[1:])).first()
    if parcel is None and code[:1].upper() == "S" and code[1:].isdigit():
        parcel = live.filter(suborder_id=int(code[1:])).first()
    if parcel is None:
        raise NotFound(_("There is no such parcel."), code="parcel_not_found")
    return parcel


def open_suborder(suborder_id: int) -> Parcel:
    """The live parcel of a sub-order, made if there is none."""
    with transaction.atomic():
        open_for([suborder_id])
        return Parcel.objects.exclude(state=ParcelState.VOIDED).get(suborder_id=suborder_id)


def contents(parcel: Parcel) -> list[dict[str, object]]:
    """What must be in it: `{"sku", "qty", "scanned", "fragile", "material"}`."""
    scanned = scanned_units(parcel.pk)
    rows = SubOrderLine.objects.filter(suborder_id=parcel.suborder_id, qty__gt=0).select_related("sku").order_by("id")
    wanted: Counter[int] = Counter()
    skus = {}
    for line in rows:
        wanted[line.sku_id] += line.qty
        skus[line.sku_id] = line.sku
    materials = dict(PackSpec.objects.filter(sku_id__in=skus, level="each").values_list("sku_id", "material"))
    return [
        {
            "sku": skus[sku_id], "qty": qty, "scanned": scanned.get(sku_id, 0), "fragile": skus[sku_id].is_fragile,
            "material": materials.get(sku_id, ""),
        }
        for sku_id, qty in wanted.items()
    ]  # fmt: skip


def scanned_units(parcel_id: int) -> dict[int, int]:
    rows = PackScan.objects.filter(parcel_id=parcel_id, verdict="ok").values_list("sku_id").annotate(units=Sum("qty"))
    return {sku_id: units for sku_id, units in rows if sku_id is not None}


def scan(parcel_id: int, code: str, uuid: UUID, user_id: int | None) -> Verdict:
    """Verify one item; the same uuid counts once. Raises Conflict (`not_picked`) while its goods are not here."""
    with transaction.atomic():
        parcel = Parcel.objects.select_for_update(of=("self",)).select_related("suborder").get(id=parcel_id)
        _check_packable(parcel)
        seen = PackScan.objects.filter(uuid=uuid).first()
        if seen is None:
            verdict, sku_id, qty = _judge(parcel, code)
            seen = PackScan.objects.create(
                uuid=uuid, parcel=parcel, code=code[:64], sku_id=sku_id, qty=qty, verdict=verdict, user_id=user_id
            )
        wanted = SubOrderLine.objects.filter(suborder_id=parcel.suborder_id).aggregate(units=Sum("qty"))["units"]
        return _say(seen.verdict, wanted - sum(scanned_units(parcel_id).values()))


def _check_packable(parcel: Parcel) -> None:
    if parcel.state != ParcelState.OPEN:
        raise Conflict(_("This parcel is closed."), code="parcel_closed")
    if parcel.suborder.status != SubOrderStatus.PICKED:
        raise Conflict(_("The goods of this parcel are not picked yet."), code="not_picked")


def _judge(parcel: Parcel, code: str) -> tuple[str, int | None, int]:
    barcode = Barcode.objects.filter(code=code).first()
    if barcode is None:
        return "unknown", None, 0
    wanted = (
        SubOrderLine.objects.filter(suborder_id=parcel.suborder_id, sku_id=barcode.sku_id).aggregate(n=Sum("qty"))["n"]
        or 0
    )
    if not wanted:
        return "wrong", barcode.sku_id, 0
    if scanned_units(parcel.pk).get(barcode.sku_id, 0) + barcode.qty > wanted:
        return "extra", barcode.sku_id, 0
    return "ok", barcode.sku_id, barcode.qty


def complete(parcel_id: int, weight_g: int, *, fragile_checked: bool) -> None:
    """Close the parcel. Raises Conflict: `units_missing`, `fragile_unchecked`, or `weight_mismatch` naming the likely
    culprit."""
    with transaction.atomic():
        changes = ParcelChanges()
        row = changes.open([parcel_id])[parcel_id]
        if row["state"] != ParcelState.OPEN:
            return
        parcel = Parcel.objects.select_related("suborder").get(id=parcel_id)
        _check_packable(parcel)
        rows = contents(parcel)
        if any(item["scanned"] != item["qty"] for item in rows):
            raise Conflict(_("Not every item was scanned."), code="units_missing")
        if any(item["fragile"] for item in rows) and not fragile_checked:
            raise Conflict(_("Confirm the fragile packing first."), code="fragile_unchecked")
        _check_weight(parcel, weight_g)
        changes.add(parcel_id, e.PARCEL_PACKED, {"weight_g": weight_g})
        changes.save()
        suborders.move([parcel.suborder_id], SubOrderStatus.PACKED)


def _check_weight(parcel: Parcel, weight_g: int) -> None:
    lines = SubOrderLine.objects.filter(suborder_id=parcel.suborder_id, qty__gt=0).select_related("sku")
    likely = culprit(parcel.expected_g, weight_g, {line.sku.code: line.sku.weight_g for line in lines})
    if likely is None:
        return
    guess = _("no single item explains it")
    if likely:
        guess = _("one %(sku)s too many?") if likely[0] == "+" else _("one %(sku)s missing?")
        guess = guess % {"sku": likely[1:]}
    raise Conflict(
        _("The scale says %(actual)d g, expected %(expected)d g: %(guess)s")
        % {"actual": weight_g, "expected": parcel.expected_g, "guess": guess},
        code="weight_mismatch",
        fields={"expected_g": parcel.expected_g, "actual_g": weight_g, "culprit": likely},
    )


def waiting(warehouse_ids: list[int] | None) -> list[SubOrder]:
    """Picked sub-orders that nobody has packed yet."""
    rows = SubOrder.objects.filter(status=SubOrderStatus.PICKED).select_related("order", "warehouse").order_by("id")
    return list((rows if warehouse_ids is None else rows.filter(warehouse_id__in=warehouse_ids))[:50])


def _say(code: str, left: int) -> Verdict:
    texts = {
        "ok": _("Right"),
        "wrong": _("This item does not belong in the parcel"),
        "extra": _("One too many of this item"),
        "unknown": _("Unknown barcode"),
    }
    tone = "wrong" if code != "ok" else ("done" if left == 0 else "ok")
    return Verdict(code, tone, _("All items verified") if tone == "done" else texts[code], left)
