"""Money given back, and how much of it there can be."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import CHANNEL, PAYMENT_STATUS


class Refundable(models.Model):
    """What of an order may still be refunded: `paid_minor` − `held_minor` (asked for or agreed) − `refunded_minor`.

    Our own services never go beyond it. Only what a platform reports as already paid out may: that part is kept in
    `excess_minor`, and nothing more of the order is paid while it is not zero.
    """

    order = models.OneToOneField("oms.Order", models.PROTECT, primary_key=True, related_name="refundable")
    paid_minor = models.BigIntegerField(_("paid"))
    held_minor = models.BigIntegerField(_("held for refunds"), default=0)
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    excess_minor = models.BigIntegerField(_("beyond what was paid"), default=0)

    class Meta:
        verbose_name = _("refundable amount")
        verbose_name_plural = _("refundable amounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(held_minor__gte=0, refunded_minor__gte=0, excess_minor__gte=0),
                name="refundable_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(paid_minor__gte=F("held_minor") + F("refunded_minor") - F("excess_minor")),
                name="refundable_never_paid_twice",
            ),
        ]
        indexes = [models.Index(fields=["order"], condition=Q(excess_minor__gt=0), name="refundable_excess")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.paid_minor} − {self.held_minor} − {self.refunded_minor}"


class RefundPayment(models.Model):
    """One sum on its way back to a buyer, or there. Part of its ticket's event stream."""

    ticket = models.ForeignKey("aftersales.Ticket", models.PROTECT, related_name="payments", verbose_name=_("ticket"))
    order = models.ForeignKey("oms.Order", models.PROTECT, related_name="refund_payments", verbose_name=_("order"))
    refund_no = models.CharField(_("refund number"), max_length=80, blank=True)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    channel = models.CharField(_("channel"), max_length=8, choices=CHANNEL)
    status = models.CharField(_("status"), max_length=9, choices=PAYMENT_STATUS)
    requested_at = models.DateTimeField(_("requested at"))
    approved_at = models.DateTimeField(_("approved at"), null=True)
    succeeded_at = models.DateTimeField(_("paid at"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)

    class Meta:
        verbose_name = _("refund payment")
        verbose_name_plural = _("refund payments")
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refundpayment_positive"),
            models.UniqueConstraint(
                fields=["order", "refund_no"],
                condition=~Q(refund_no="") & ~Q(status="withdrawn"),
                name="refundpayment_once_per_refund",
            ),
        ]
        indexes = [models.Index(fields=["order", "status"], name="refundpayment_of_order")]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.amount_minor} {self.currency} ({self.status})"
