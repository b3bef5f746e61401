"""Labels in batch: one PDF, 100 × 150 mm a parcel. A stale label is refused, never printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import clock
from core.models import Job
from core.services import jobs
from fulfillment.domain.labels import LabelData, LabelParty, can_print, missing_glyphs, render_labels
from fulfillment.models import Waybill
from fulfillment.services import waybills as waybill_service
from fulfillment.services.waybills import content_hash, label_facts

JOB_KIND = "fulfillment.labels"


def enqueue(parcel_ids: Sequence[int], user_id: int | None) -> Job:
    """Queue a label run over these parcels; missing numbers are fetched on the way."""
    title = _("Labels for %(n)d parcels") % {"n": len(parcel_ids)}
    return jobs.enqueue(JOB_KIND, title, {"parcel_ids": list(parcel_ids)}, total=len(parcel_ids), user_id=user_id)


def run(job: Job) -> None:
    """Fetch what is missing, render what may be printed, say per parcel what could not. Repeating it takes no second
    number and prints the same labels."""
    parcel_ids: list[int] = job.params["parcel_ids"]
    missing = set(parcel_ids) - set(_bound(parcel_ids))
    for start in range(0, len(parcel_ids), waybill_service.BATCH):
        chunk = [p for p in parcel_ids[start : start + waybill_service.BATCH] if p in missing]
        waybill_service.fetch(chunk)
        jobs.progress(job, done=min(start + waybill_service.BATCH, len(parcel_ids)) // 2)
    printed = render(parcel_ids)
    job.results = []
    for parcel_id, (code, message) in printed.refused.items():
        jobs.result(job, f"P{parcel_id}", ok=False, code=code, message=message)
    for parcel_id, glyphs in printed.unreadable.items():
        message = _("Printed, but these characters cannot be read on the label: %(glyphs)s") % {"glyphs": glyphs}
        jobs.result(job, f"P{parcel_id}", ok=True, code="missing_glyph", message=message)
    job.done, job.failed = len(parcel_ids) - len(printed.refused), len(printed.refused)
    if printed.pdf:
        job.artifact, job.artifact_type = printed.pdf, "application/pdf"


def _bound(parcel_ids: Sequence[int]) -> dict[int, Waybill]:
    rows = Waybill.objects.filter(parcel_id__in=parcel_ids, state__in=["bound", "shipped"])
    return {waybill.parcel_id: waybill for waybill in rows}


@dataclass(frozen=True, slots=True)
class Printed:
    """A PDF in the order asked for; per parcel that is not in it why, as `(code, message)`; and per parcel that is, the
    characters that no font of ours can print (they stand as 〓 on the label)."""

    pdf: bytes
    refused: dict[int, tuple[str, str]]
    unreadable: dict[int, str]


def render(parcel_ids: Sequence[int]) -> Printed:
    """Print what may be printed of these parcels."""
    bound, facts = _bound(parcel_ids), label_facts(parcel_ids)
    names = waybill_service.carriers()
    refused: dict[int, tuple[str, str]] = {}
    pages: list[tuple[Waybill, LabelData]] = []
    for parcel_id in parcel_ids:
        waybill = bound.get(parcel_id)
        if waybill is None:
            refused[parcel_id] = _why_not(parcel_id)
        elif content_hash(facts[parcel_id], waybill.carrier) != waybill.content_hash:
            refused[parcel_id] = ("stale_label", _("The order changed after the number was fetched: fetch a new one."))
        elif not can_print(waybill.number):
            refused[parcel_id] = ("unprintable_number", _("No bar code can carry this waybill number."))
        else:
            pages.append((waybill, _label(waybill, facts[parcel_id], names)))
    pdf = render_labels([label for _waybill, label in pages]) if pages else b""
    with transaction.atomic():
        Waybill.objects.filter(id__in=[waybill.pk for waybill, _label in pages]).update(prints=F("prints") + 1)
    odd = {waybill.parcel_id: missing_glyphs(label) for waybill, label in pages}
    return Printed(pdf, refused, {parcel_id: glyphs for parcel_id, glyphs in odd.items() if glyphs})


def _why_not(parcel_id: int) -> tuple[str, str]:
    last = Waybill.objects.filter(parcel_id=parcel_id).order_by("-id").first()
    if last is None:
        return "no_waybill", _("The parcel has no waybill number.")
    return last.error_code or "no_waybill", last.error or _("The carrier gave no number.")


def _label(waybill: Waybill, facts: dict[str, Any], names: dict[str, str]) -> LabelData:
    person, house = facts["receiver"], facts["warehouse"]
    address = "".join(person.get(part, "") for part in ("province", "city", "district", "town", "detail"))
    return LabelData(
        waybill_no=waybill.number,
        carrier_name=names.get(waybill.carrier, waybill.carrier),
        receiver=LabelParty(person.get("name", ""), person.get("phone", ""), address),
        sender=LabelParty(
            house.contact or house.name, house.phone, f"{house.province}{house.city}{house.district}{house.detail}"
        ),
        printed_at=clock.now(),
        sort_code=waybill.sort_code,
        package_center=waybill.package_center,
        order_nos=(facts["order"]["order_no"],),
        items=tuple(facts["goods"]),
        weight_g=facts["parcel"].weight_g or None,
        content_hash=waybill.content_hash,
    )
