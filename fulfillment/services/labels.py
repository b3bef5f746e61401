"""Labels in batch: one PDF, 100 × 150 mm a parcel. A stale label is refused, never printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import F
from django.utils.translation import gettext as _

from catalog.models import Carrier
from core import clock
from fulfillment.domain.labels import LabelData, LabelParty, can_print, missing_glyphs, render_labels
from fulfillment.domain.waybill import WaybillState
from fulfillment.models import Waybill
from fulfillment.selectors import labels as select
from fulfillment.selectors.labels import Facts
from oms.selectors.pool import receivers

Words = dict[int, tuple[str, str]]  # parcel id -> (stable code, what to tell the person)


@dataclass(slots=True)
class Printed:
    """`pdf` is empty when nothing may be printed. A parcel in `refused` has no page, one in `warned` has a page that
    somebody should look at."""

    pdf: bytes = b""
    refused: Words = field(default_factory=dict)
    warned: Words = field(default_factory=dict)


def render_batch(parcel_ids: Sequence[int]) -> Printed:
    """One page a parcel in the order given. Counts a print of every number on it."""
    bound = _bound(parcel_ids)
    facts = select.facts(parcel_ids)
    result = Printed()
    for parcel_id in parcel_ids:
        why = _why_not(bound.get(parcel_id), facts.get(parcel_id))
        if why is not None:
            result.refused[parcel_id] = why
    result.refused |= _explain([parcel_id for parcel_id, why in result.refused.items() if why[0] == "no_waybill"])
    pages = _pages([bound[key] for key in parcel_ids if key not in result.refused], facts, result)
    result.pdf = render_labels(list(pages.values())) if pages else b""
    printed = [bound[parcel_id].pk for parcel_id in pages]
    Waybill.objects.filter(id__in=printed).update(prints=F("prints") + 1, printed_at=clock.now())
    return result


def _bound(parcel_ids: Sequence[int]) -> dict[int, Waybill]:
    rows = Waybill.objects.filter(parcel_id__in=parcel_ids, state__in=[WaybillState.BOUND, WaybillState.SHIPPED])
    return {waybill.parcel_id: waybill for waybill in rows}


def _why_not(waybill: Waybill | None, known: Facts | None) -> tuple[str, str] | None:
    if waybill is None or known is None:
        return "no_waybill", _("The parcel has no waybill number.")
    if known.hash(waybill.carrier) != waybill.content_hash:
        return "stale_label", _("The order changed after the number was fetched: fetch a new one.")
    if not can_print(waybill.number):
        return "unprintable_number", _("No bar code can carry this waybill number.")
    return None


def _explain(parcel_ids: Sequence[int]) -> Words:
    """Why these have no number, where a carrier said so."""
    last = Waybill.objects.filter(parcel_id__in=parcel_ids).order_by("parcel_id", "-id").distinct("parcel_id")
    return {w.parcel_id: (w.error_code, w.error) for w in last if w.error_code}


def _pages(waybills: Sequence[Waybill], facts: Mapping[int, Facts], result: Printed) -> dict[int, LabelData]:
    people = receivers(facts[waybill.parcel_id].parcel.order_id for waybill in waybills)
    names = dict(Carrier.objects.values_list("code", "name"))
    pages = {}
    for waybill in waybills:
        known = facts[waybill.parcel_id]
        person = people.get(known.parcel.order_id)
        if person is None:
            result.refused[waybill.parcel_id] = ("receiver_gone", _("The receiver's data is no longer kept."))
            continue
        page = pages[waybill.parcel_id] = _label(waybill, known, person, names.get(waybill.carrier, waybill.carrier))
        if missing := missing_glyphs(page):
            words = _("Printed as 〓, write it by hand: %(letters)s") % {"letters": missing}
            result.warned[waybill.parcel_id] = ("missing_glyphs", words)
    return pages


def _label(waybill: Waybill, known: Facts, person: Mapping[str, str], carrier_name: str) -> LabelData:
    house = known.warehouse
    address = "".join(person.get(part, "") for part in ("province", "city", "district", "town", "detail"))
    return LabelData(
        waybill_no=waybill.number,
        carrier_name=carrier_name,
        receiver=LabelParty(person.get("name", ""), person.get("phone", ""), address),
        sender=LabelParty(
            house.contact or house.name, house.phone, f"{house.province}{house.city}{house.district}{house.detail}"
        ),
        printed_at=clock.now(),
        sort_code=waybill.sort_code,
        package_center=waybill.package_center,
        order_nos=known.order_nos,
        items=tuple(known.goods),
        weight_g=known.parcel.weight_g or None,
        content_hash=waybill.content_hash,
    )
