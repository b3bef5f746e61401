"""Two-phase stock: a reservation is pending until it is posted, voided or expired — once."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ReservationState(models.TextChoices):
    PENDING = "pending", _("reserved")
    POSTED = "posted", _("shipped")
    VOIDED = "voided", _("given back")
    EXPIRED = "expired", _("expired")


class Reservation(models.Model):
    """`qty` of a SKU in a warehouse held for `ref` (the id of a sub-order line). One pending reservation per ref at a
    time; a re-reservation is the next `attempt`. A part-post posts `posted_qty` and gives the rest back."""

    ref = models.BigIntegerField()
    group = models.BigIntegerField()  # the sub-order: reserved all or nothing
    attempt = models.PositiveSmallIntegerField(default=1)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    qty = models.PositiveIntegerField(_("quantity"))
    posted_qty = models.PositiveIntegerField(_("posted"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=ReservationState, default=ReservationState.PENDING)
    expires_at = models.DateTimeField(_("expires at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    resolved_at = models.DateTimeField(pgettext_lazy("reservation", "resolved at"), null=True)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        constraints = [
            models.UniqueConstraint(fields=["ref", "attempt"], name="reservation_attempt_once"),
            models.UniqueConstraint(fields=["ref"], condition=Q(state="pending"), name="reservation_one_pending"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="reservation_qty_positive"),
            models.CheckConstraint(condition=Q(posted_qty__lte=F("qty")), name="reservation_posted_within"),
            models.CheckConstraint(
                condition=Q(state="posted") | Q(posted_qty=0), name="reservation_posted_only_when_posted"
            ),
        ]
        indexes = [
            models.Index(fields=["group"], condition=Q(state="pending"), name="reservation_pending_group"),
            models.Index(fields=["sku", "warehouse"], condition=Q(state="pending"), name="reservation_pending_stock"),
            models.Index(fields=["expires_at"], condition=Q(state="pending"), name="reservation_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.qty} × {self.sku_id}@{self.warehouse_id} for {self.ref} ({self.state})"
