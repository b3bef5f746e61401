from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from fulfillment.models.parcel import TRACK_STATUS


class TrackingScan(models.Model):
    """One scan of a carrier, as told, kept once: `key` names carrier, number, code, status, time and place."""

    parcel = models.ForeignKey("fulfillment.Parcel", models.CASCADE, related_name="track", verbose_name=_("parcel"))
    key = models.CharField(max_length=64)
    status = models.CharField(_("tracking"), max_length=20, choices=TRACK_STATUS)
    code = models.CharField(_("carrier's code"), max_length=30)
    at = models.DateTimeField(_("at"), null=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    text = models.CharField(_("text"), max_length=400, blank=True)
    received_at = models.DateTimeField(_("received at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("carrier's scan")
        verbose_name_plural = _("carrier's scans")
        constraints = [models.UniqueConstraint(fields=["parcel", "key"], name="trackingscan_once")]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.status}"


class CustomerNodeSent(models.Model):
    """The customer hears of each node of a parcel once: the row is the guarantee."""

    parcel = models.ForeignKey("fulfillment.Parcel", models.CASCADE, related_name="nodes")
    node = models.CharField(max_length=12)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["parcel", "node"], name="customer_node_once")]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.node}"
