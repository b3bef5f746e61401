"""Parcels: a projection of their event stream, written in the same transaction."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfillment.domain.carriage import TrackStatus
from fulfillment.domain.parcel import ParcelState

PARCEL_STATE = [
    (ParcelState.OPEN, _("packing")),
    (ParcelState.PACKED, _("packed")),
    (ParcelState.SHIPPED, _("shipped")),
    (ParcelState.VOIDED, _("taken apart")),
]
TRACK_STATUS = [
    (TrackStatus.CREATED, _("not scanned yet")),
    (TrackStatus.PICKED_UP, _("picked up")),
    (TrackStatus.IN_TRANSIT, _("in transit")),
    (TrackStatus.OUT_FOR_DELIVERY, _("out for delivery")),
    (TrackStatus.AT_LOCKER, _("at the pick-up point")),
    (TrackStatus.DELIVERED, _("delivered")),
    (TrackStatus.EXCEPTION, _("exception")),
    (TrackStatus.RETURNING, _("coming back")),
    (TrackStatus.RETURNED, _("came back")),
    (TrackStatus.UNKNOWN, _("unknown")),
]


class Parcel(models.Model):
    """One box: a sub-order's, or those of several orders that were merged (`shares`); `suborder` and `order_id` are the
    first one's, which the rest goes by. Weights are grams, freight fen."""

    suborder = models.ForeignKey("oms.SubOrder", models.PROTECT, related_name="parcels")
    order_id = models.BigIntegerField()
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    seq = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(_("state"), max_length=8, choices=PARCEL_STATE)
    expected_g = models.PositiveIntegerField(_("expected weight (g)"), default=0)
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    carrier = models.CharField(_("carrier"), max_length=20, blank=True)
    waybill_no = models.CharField(_("waybill"), max_length=40, blank=True)
    freight_fen = models.BigIntegerField(_("freight (fen)"), default=0)
    track_status = models.CharField(_("tracking"), max_length=20, choices=TRACK_STATUS, default=TrackStatus.CREATED)
    opened_at = models.DateTimeField(pgettext_lazy("parcel", "opened at"))
    packed_at = models.DateTimeField(_("packed at"), null=True)
    shipped_at = models.DateTimeField(_("shipped at"), null=True)
    first_scan_at = models.DateTimeField(_("first scan at"), null=True)
    last_scan_at = models.DateTimeField(_("last scan at"), null=True)
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        constraints = [
            models.UniqueConstraint(
                fields=["suborder"], condition=~Q(state="voided"), name="parcel_one_live_per_suborder"
            ),
        ]
        indexes = [
            models.Index(fields=["waybill_no", "carrier"], name="parcel_waybill"),
            models.Index(fields=["order_id"], name="parcel_order"),
            models.Index(fields=["state", "-id"], name="parcel_state"),
            models.Index(fields=["shipped_at"], name="parcel_shipped"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"


class ParcelShare(models.Model):
    """One sub-order's goods in a parcel; every parcel has at least one. Part of the parcel's projection: `live` is
    false once the parcel was taken apart."""

    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="shares")
    suborder = models.ForeignKey("oms.SubOrder", models.PROTECT, related_name="shares")
    order_id = models.BigIntegerField()
    live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "suborder"], name="parcelshare_once"),
            models.UniqueConstraint(fields=["suborder"], condition=Q(live=True), name="parcelshare_one_live"),
        ]
        indexes = [models.Index(fields=["order_id"], name="parcelshare_order")]

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.suborder_id}"


class PackScan(models.Model):
    """One scan at the packing bench; verdicts: ok · wrong, extra, unknown (loud, and counted as errors)."""

    uuid = models.UUIDField(unique=True)
    parcel = models.ForeignKey(Parcel, models.CASCADE, related_name="scans", verbose_name=_("parcel"))
    code = models.CharField(_("scanned"), max_length=64)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, null=True, verbose_name=_("SKU"))
    qty = models.PositiveIntegerField(_("quantity"), default=0)
    verdict = models.CharField(_("verdict"), max_length=12)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("scan at the bench")
        verbose_name_plural = _("scans at the bench")
        indexes = [models.Index(fields=["parcel", "verdict"], name="packscan_parcel")]

    def __str__(self) -> str:
        return f"{self.code} {self.verdict}"


class CarrierChoice(models.Model):
    """Why this carrier: every offer in fen and hours, the one taken ('' when nobody serves the place), the rule, its
    version and what it wanted."""

    parcel = models.OneToOneField(Parcel, models.CASCADE, related_name="choice")
    carrier = models.CharField(max_length=20, blank=True)
    rule = models.CharField(max_length=80, blank=True)
    rule_version = models.PositiveIntegerField(default=0)
    wanted = models.JSONField(default=dict)
    offers = models.JSONField()

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.carrier}"
