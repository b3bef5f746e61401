"""What each order should bring, and what it cost: projections of order and after-sales events."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Receivable(models.Model):
    """One order's money in minor units of `currency`. The `booked_*` columns are what stands on the books already, so
    that each event books only the difference."""

    order = models.OneToOneField("oms.Order", models.PROTECT, primary_key=True, related_name="receivable")
    platform = models.CharField(_("platform"), max_length=20)
    shop = models.ForeignKey("catalog.Shop", models.PROTECT, verbose_name=_("shop"))
    order_no = models.CharField(_("order number"), max_length=80)
    currency = models.CharField(_("currency"), max_length=3)
    paid_minor = models.BigIntegerField(_("paid"), default=0)
    refunded_minor = models.BigIntegerField(_("refunded"), default=0)
    goods_minor = models.BigIntegerField(_("goods"), default=0)
    shipped_minor = models.BigIntegerField(_("goods shipped"), default=0)
    paid_at = models.DateTimeField(pgettext_lazy("order", "paid at"), null=True)
    refunded_at = models.DateTimeField(_("refunded at"), null=True)
    booked_sale_minor = models.BigIntegerField(default=0)
    booked_refund_minor = models.BigIntegerField(default=0)
    booked_revenue_minor = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(_("updated at"), db_default=Now())

    class Meta:
        verbose_name = _("receivable")
        verbose_name_plural = _("receivables")
        constraints = [
            models.CheckConstraint(
                condition=Q(paid_minor__gte=0, refunded_minor__gte=0, goods_minor__gte=0, shipped_minor__gte=0),
                name="receivable_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["order_no"], name="receivable_by_order_no"),
            # Which orders of these shops should a bill of these days have brought?
            models.Index(fields=["shop", "paid_at"], condition=Q(paid_minor__gt=0), name="receivable_due"),
        ]

    def __str__(self) -> str:
        return f"{self.order_no}: {self.paid_minor} − {self.refunded_minor} {self.currency}"


class RefundDue(models.Model):
    """One refund of an order as last heard: what it gives back if it has happened, 0 if not. `refund_no` is the
    platform's number, or `payment:<id>` for one we pay ourselves."""

    receivable = models.ForeignKey(Receivable, models.CASCADE, related_name="refunds")
    refund_no = models.CharField(_("refund number"), max_length=80)
    amount_minor = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        constraints = [
            models.UniqueConstraint(fields=["receivable", "refund_no"], name="refunddue_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="refunddue_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.refund_no}: {self.amount_minor}"


class OrderCost(models.Model):
    """What one order cost, in fen. `freight_billed_fen` is null until a carrier's bill names its parcels."""

    order = models.OneToOneField("oms.Order", models.PROTECT, primary_key=True, related_name="cost")
    goods_fen = models.BigIntegerField(_("goods"), default=0)
    packing_fen = models.BigIntegerField(pgettext_lazy("cost", "packing"), default=0)
    labour_fen = models.BigIntegerField(_("labour"), default=0)
    freight_estimated_fen = models.BigIntegerField(_("freight, estimated"), default=0)
    freight_billed_fen = models.BigIntegerField(_("freight, billed"), null=True)
    platform_fee_fen = models.BigIntegerField(_("platform fees"), default=0)
    after_sales_fen = models.BigIntegerField(_("after-sales"), default=0)
    parcels = models.PositiveIntegerField(_("parcels"), default=0)

    class Meta:
        verbose_name = _("order cost")
        verbose_name_plural = _("order costs")

    def __str__(self) -> str:
        return f"{self.order_id}"


class CostRate(models.Model):
    """What packing and people cost in a warehouse since a day; without a warehouse: everywhere else."""

    warehouse = models.ForeignKey(
        "catalog.Warehouse", models.CASCADE, null=True, blank=True, verbose_name=_("warehouse")
    )
    valid_from = models.DateField(_("valid from"))
    packing_fen = models.PositiveIntegerField(_("packing per parcel (fen)"))
    hourly_fen = models.PositiveIntegerField(_("wage per hour (fen)"))
    seconds = models.PositiveIntegerField(_("seconds of work per parcel"))

    class Meta:
        verbose_name = _("cost rate")
        verbose_name_plural = _("cost rates")
        constraints = [
            models.UniqueConstraint(
                fields=["warehouse", "valid_from"], nulls_distinct=False, name="costrate_once_per_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.warehouse_id or '*'} {self.valid_from}"
