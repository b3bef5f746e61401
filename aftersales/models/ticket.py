"""Tickets as screens read them: a projection of the ticket's event stream, written in the same transaction."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import FAULT, MESSAGE_KIND, PRIORITY, RESOLUTION, TICKET_KIND, TICKET_SOURCE, TICKET_STATUS
from aftersales.domain.ticket_flow import OPEN


class Ticket(models.Model):
    """One thing a buyer (or the machine) asks of us. `amount_minor` is what the refund is about, in `currency`.

    `amber_at` and `respond_by` already count working hours and pauses; `paused_at` is set while the clock stands still.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=TICKET_KIND)
    source = models.CharField(_("source"), max_length=10, choices=TICKET_SOURCE)
    status = models.CharField(_("status"), max_length=14, choices=TICKET_STATUS)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=PRIORITY)
    order = models.ForeignKey("oms.Order", models.PROTECT, null=True, related_name="tickets", verbose_name=_("order"))
    shop = models.ForeignKey("catalog.Shop", models.PROTECT, null=True, verbose_name=_("shop"))
    refund_no = models.CharField(_("refund number"), max_length=80, blank=True)
    platform_status = models.CharField(_("platform says"), max_length=10, blank=True)
    platform_modified_at = models.DateTimeField(null=True)
    dedupe_key = models.CharField(max_length=120, blank=True)
    title = models.CharField(_("title"), max_length=200)
    amount_minor = models.BigIntegerField(_("amount"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("assignee")
    )
    opened_at = models.DateTimeField(_("opened at"))
    amber_at = models.DateTimeField()
    respond_by = models.DateTimeField(_("respond by"))
    paused_at = models.DateTimeField(null=True)
    first_response_at = models.DateTimeField(_("first response"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    resolution = models.CharField(_("resolution"), max_length=10, choices=RESOLUTION, blank=True)
    fault = models.CharField(_("caused by"), max_length=10, choices=FAULT, blank=True)
    replacement = models.ForeignKey(
        "oms.Order", models.PROTECT, null=True, related_name="replacement_for", verbose_name=_("replacement order")
    )
    updated_at = models.DateTimeField(_("updated at"))
    version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "refund_no"], condition=~Q(refund_no=""), name="ticket_once_per_refund"
            ),
            models.UniqueConstraint(fields=["dedupe_key"], condition=~Q(dedupe_key=""), name="ticket_dedupe"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="ticket_amount_not_negative"),
            models.CheckConstraint(condition=Q(order=None) | ~Q(shop=None), name="ticket_shop_of_order"),
        ]
        indexes = [
            models.Index(
                fields=["status", "priority", "respond_by"],
                condition=Q(status__in=sorted(status.value for status in OPEN)),
                name="ticket_board",
            ),
            models.Index(fields=["status", "-id"], name="ticket_status_newest"),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.title}"


class TicketLine(models.Model):
    """Units of an order's line that the ticket is about; none means the whole order."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, null=True, verbose_name=_("SKU"))
    qty = models.PositiveIntegerField(_("quantity"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "line_no"], name="ticketline_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.line_no} ×{self.qty}"


class TicketMessage(models.Model):
    """Something written on a ticket. The text is in the vault under `body_id`: people write names and numbers in it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="messages")
    seq = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=5, choices=MESSAGE_KIND)
    body_id = models.UUIDField()
    author = models.CharField(_("by"), max_length=80)
    written_at = models.DateTimeField(_("at"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="ticketmessage_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id}/{self.seq} {self.kind}"
