"""A waybill number has a life of its own."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfillment.domain.waybill import WaybillState

WAYBILL_STATE = [
    (WaybillState.ASKED, _("asked for")),
    (WaybillState.UNKNOWN, _("no answer")),
    (WaybillState.REFUSED, pgettext_lazy("waybill", "refused")),
    (WaybillState.BOUND, _("bound")),
    (WaybillState.SHIPPED, _("shipped")),
    (WaybillState.VOID, _("void")),
]


class Waybill(models.Model):
    """One request for a number and what came of it. `reference` is what the carrier knows us by: asking again under it
    gets the same number. `content_hash` is what the label must say; another hash makes it stale. A void number stays a
    debt to the carrier until it is given back (`recycled_at`)."""

    parcel = models.ForeignKey("fulfillment.Parcel", models.PROTECT, related_name="waybills")
    carrier = models.CharField(_("carrier"), max_length=20)
    reference = models.CharField(_("reference"), max_length=40, unique=True)
    number = models.CharField(_("number"), max_length=40, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=WAYBILL_STATE, default=WaybillState.ASKED)
    sort_code = models.CharField(max_length=60, blank=True)
    package_center = models.CharField(max_length=80, blank=True)
    content_hash = models.CharField(max_length=64, blank=True)
    prints = models.PositiveSmallIntegerField(_("prints"), default=0)
    error_code = models.CharField(_("error code"), max_length=60, blank=True)
    error = models.CharField(_("error"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked at"), db_default=Now(), editable=False)
    bound_at = models.DateTimeField(null=True)
    printed_at = models.DateTimeField(_("last printed at"), null=True)
    recycled_at = models.DateTimeField(_("given back at"), null=True)

    class Meta:
        verbose_name = _("waybill")
        verbose_name_plural = _("waybills")
        constraints = [
            models.UniqueConstraint(fields=["carrier", "number"], condition=~Q(number=""), name="waybill_number_once"),
            models.UniqueConstraint(
                fields=["parcel"],
                condition=Q(state__in=["asked", "unknown", "bound", "shipped"]),
                name="waybill_one_live_per_parcel",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["bound", "shipped"]) | ~Q(number=""), name="waybill_bound_has_number"
            ),
        ]  # fmt: skip
        indexes = [
            # What must still be learnt from a carrier, and what must still be given back to one.
            models.Index(fields=["id"], condition=Q(state__in=["asked", "unknown"]), name="waybill_unanswered"),
            models.Index(
                fields=["id"], condition=Q(state="void", recycled_at=None) & ~Q(number=""), name="waybill_to_recycle"
            ),
        ]

    def __str__(self) -> str:
        return self.number or self.reference
