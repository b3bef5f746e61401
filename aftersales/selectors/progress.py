"""What to tell the buyer of an order just now."""

from datetime import datetime, timedelta

from django.db.models import F

from aftersales.domain.progress import News, Told, Voice, gather, sentences
from catalog.models import Carrier, RateRow
from core import clock
from core.models import Event
from core.services.events import upcast
from core.templatetags.onerope import money
from fulfillment.models import Parcel, ParcelShare, TrackingScan
from oms.models import Order
from oms.rows import iso


def for_order(order: Order, language: str = "") -> list[str]:
    """The sentences, most important first. The language is the order's: English for a receiver abroad."""
    log = Event.objects.filter(stream=f"oms.order:{order.pk}").order_by("version")
    events = [Told(e.type, upcast(e.type, e.schema, e.payload), iso(e.occurred_at)) for e in log]
    voice = Voice(
        language=language or language_of(order),
        now=clock.now(),
        zone=clock.BUSINESS_ZONE,
        carriers=dict(Carrier.objects.values_list("code", "name")),
        money=lambda minor: money(minor, order.currency),
    )
    return sentences(gather(events, _news(order)), voice)


def language_of(order: Order) -> str:
    return "zh" if order.country in {"", "CN", "中国"} else "en"


def last_waybill(order: Order) -> tuple[str, str]:
    """Carrier's name and number of the parcel that left last; empty texts when none has."""
    gone = Parcel.objects.filter(shares__order_id=order.pk, state="shipped")
    parcel = gone.exclude(waybill_no="").order_by("-id").first()
    if parcel is None:
        return "", ""
    name = Carrier.objects.filter(code=parcel.carrier).values_list("name", flat=True).first()
    return name or parcel.carrier, parcel.waybill_no


def _news(order: Order) -> list[News]:
    mine = {
        share.parcel: share.suborder_id
        for share in ParcelShare.objects.filter(order_id=order.pk, parcel__state="shipped").select_related("parcel")
    }
    parcels = sorted(mine, key=lambda parcel: parcel.pk)
    latest = F("at").desc(nulls_last=True)
    newest = TrackingScan.objects.filter(parcel__in=parcels).order_by("parcel_id", latest).distinct("parcel_id")
    scans = {scan.parcel_id: scan for scan in newest}
    hours = _usual_hours(order, parcels)
    return [
        News(
            suborder_id=mine[parcel],
            waybill_no=parcel.waybill_no,
            carrier=parcel.carrier,
            status=parcel.track_status,
            at=scans[parcel.pk].at if parcel.pk in scans else parcel.last_scan_at,
            place=scans[parcel.pk].place if parcel.pk in scans else "",
            eta=_eta(parcel, hours.get((parcel.warehouse_id, parcel.carrier))),
        )
        for parcel in parcels
    ]


def _eta(parcel: Parcel, hours: int | None) -> datetime | None:
    return parcel.shipped_at + timedelta(hours=hours) if parcel.shipped_at and hours else None


def _usual_hours(order: Order, parcels: list[Parcel]) -> dict[tuple[int, str], int]:
    """(warehouse id, carrier code) → the carrier's usual hours to the receiver's province, by its newest rate sheet."""
    rows = RateRow.objects.filter(
        sheet__warehouse_id__in={parcel.warehouse_id for parcel in parcels},
        sheet__carrier__code__in={parcel.carrier for parcel in parcels},
        sheet__valid_from__lte=clock.business_date(),
        province=order.province,
    ).order_by("sheet__valid_from")
    return {
        (warehouse_id, code): hours
        for warehouse_id, code, hours in rows.values_list("sheet__warehouse_id", "sheet__carrier__code", "hours")
    }
