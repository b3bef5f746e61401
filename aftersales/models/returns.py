"""Parcels that come back."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import GRADE, RETURN_STATUS


class ReturnParcel(models.Model):
    """A parcel we expect, or one that stands on the return desk. Without a ticket it is unknown so far.

    Its facts are appended to `aftersales.return:<id>`; `version` is that stream's length.
    """

    ticket = models.ForeignKey(
        "aftersales.Ticket", models.PROTECT, null=True, related_name="returns", verbose_name=_("ticket")
    )
    order = models.ForeignKey("oms.Order", models.PROTECT, null=True, related_name="returns", verbose_name=_("order"))
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    status = models.CharField(_("status"), max_length=10, choices=RETURN_STATUS)
    carrier = models.CharField(_("carrier"), max_length=40, blank=True)
    waybill_no = models.CharField(_("waybill number"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    expected_at = models.DateTimeField(_("expected since"))
    arrived_at = models.DateTimeField(_("arrived at"), null=True)
    graded_at = models.DateTimeField(_("put away at"), null=True)
    version = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("return parcel")
        verbose_name_plural = _("return parcels")
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(status__in=["expected", "arrived"]),
                name="returnparcel_one_open_per_ticket",
            ),
        ]
        indexes = [
            models.Index(fields=["waybill_no"], condition=~Q(waybill_no=""), name="returnparcel_waybill"),
            models.Index(fields=["status", "id"], name="returnparcel_status"),
        ]

    def __str__(self) -> str:
        return self.waybill_no or f"R{self.pk}"


class ReturnLine(models.Model):
    """Units of a SKU that should be in the parcel; `unit_cost_fen` is what one unit cost when it was shipped."""

    parcel = models.ForeignKey(ReturnParcel, models.CASCADE, related_name="lines")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    qty = models.PositiveIntegerField(_("quantity"))
    unit_cost_fen = models.BigIntegerField(_("unit cost (fen)"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "sku"], name="returnline_once"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="returnline_qty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.qty} × {self.sku_id}"


class ReturnReceipt(models.Model):
    """Units of a SKU that were in the parcel, what they are worth, and where they lie now."""

    parcel = models.ForeignKey(ReturnParcel, models.CASCADE, related_name="receipts")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    grade = models.CharField(_("grade"), max_length=5, choices=GRADE)
    qty = models.PositiveIntegerField(_("quantity"))
    bin = models.ForeignKey("catalog.Bin", models.PROTECT, verbose_name=_("bin"))
    unit_cost_fen = models.BigIntegerField(_("unit cost (fen)"), default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "sku", "grade"], name="returnreceipt_once"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="returnreceipt_qty_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id}: {self.qty} × {self.sku_id} ({self.grade})"
