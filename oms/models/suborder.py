"""What one warehouse ships of an order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from oms.choices import SUBORDER_STATUS


class SubOrder(models.Model):
    """One warehouse's share. `goods_minor` + `freight_minor` over all sub-orders of an order add up to what they were
    cut from, to the fen."""

    order = models.ForeignKey("oms.Order", models.CASCADE, related_name="suborders")
    seq = models.PositiveSmallIntegerField()
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    status = models.CharField(_("status"), max_length=10, choices=SUBORDER_STATUS)
    decision_id = models.BigIntegerField(null=True)
    goods_minor = models.BigIntegerField(_("goods"))
    freight_minor = models.BigIntegerField(_("freight paid"))
    freight_estimate_fen = models.BigIntegerField(_("freight estimate"), default=0)
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    # Sub-orders of several orders with the same one leave in one parcel. A foreign key on both columns, which the
    # migration writes, keeps them in one warehouse.
    merge = models.ForeignKey(
        "oms.Merge", models.PROTECT, null=True, related_name="suborders", db_constraint=False, db_index=False
    )
    reserved_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sub-order")
        verbose_name_plural = _("sub-orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "seq"], name="suborder_seq_once"),
            models.UniqueConstraint(
                fields=["merge", "order"], condition=models.Q(merge__isnull=False), name="suborder_merged_once"
            ),
            models.CheckConstraint(
                condition=models.Q(merge=None) | ~models.Q(status="cancelled"), name="suborder_cancelled_is_not_merged"
            ),
        ]
        indexes = [
            # The wave pool of a warehouse.
            models.Index(fields=["warehouse", "id"], condition=models.Q(status="reserved"), name="suborder_pool"),
            models.Index(fields=["status", "id"], name="suborder_status"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}-{self.seq}"


class SubOrderLine(models.Model):
    """Units of one SKU; its id is the reservation's `ref`. `line_units` is how many units of the order's line this
    sub-order serves: equal to `qty` unless the line is a bundle and this one of its components."""

    suborder = models.ForeignKey(SubOrder, models.CASCADE, related_name="lines")
    line_no = models.PositiveSmallIntegerField()
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    qty = models.PositiveIntegerField(_("quantity"))
    line_units = models.PositiveIntegerField()
    net_minor = models.BigIntegerField(_("net amount"))

    class Meta:
        indexes = [models.Index(fields=["sku"], name="suborderline_sku")]

    def __str__(self) -> str:
        return f"{self.suborder_id}: {self.qty} × {self.sku_id}"
