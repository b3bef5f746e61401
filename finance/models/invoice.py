"""数电票 requests. The provider's side is an adapter's business; here is what was asked for and what came of it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Invoice(models.Model):
    """A blue invoice for an order, or a red one that takes part of a blue one back. Amounts in fen, tax included;
    a red invoice's amount is positive and counts against its blue one."""

    class Colour(models.TextChoices):
        BLUE = "blue", _("blue")
        RED = "red", _("red")

    class State(models.TextChoices):
        REQUESTED = "requested", _("requested")
        ISSUED = "issued", _("issued")
        FAILED = "failed", _("failed")

    colour = models.CharField(_("colour"), max_length=4, choices=Colour)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.REQUESTED)
    order = models.ForeignKey("oms.Order", models.PROTECT, related_name="invoices", verbose_name=_("order"))
    blue = models.ForeignKey("self", models.PROTECT, null=True, related_name="reds", verbose_name=_("blue invoice"))
    amount_fen = models.BigIntegerField(_("amount"))
    tax_fen = models.BigIntegerField(_("tax"))
    request_key = models.CharField(max_length=80, unique=True)
    number = models.CharField(_("invoice number"), max_length=30, blank=True)
    failure = models.CharField(_("failure"), max_length=200, blank=True)
    requested_at = models.DateTimeField(_("requested at"), db_default=Now(), editable=False)
    issued_at = models.DateTimeField(_("issued at"), null=True)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="invoice_positive"),
            models.CheckConstraint(condition=Q(tax_fen__gte=0, tax_fen__lte=F("amount_fen")), name="invoice_tax"),
            models.CheckConstraint(
                condition=Q(colour="blue", blue=None) | Q(colour="red", blue__isnull=False),
                name="invoice_red_names_blue",
            ),
            models.CheckConstraint(condition=~Q(state="issued") | ~Q(number=""), name="invoice_issued_has_number"),
        ]

    def __str__(self) -> str:
        return f"{self.colour} {self.number or self.request_key}"
