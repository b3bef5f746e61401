"""The ledger of everything that moved. Append-only; a correction is another row."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MovementReason(models.TextChoices):
    RECEIPT = "receipt", pgettext_lazy("movement", "received")
    SHIPMENT = "shipment", pgettext_lazy("movement", "shipped")
    RETURN = "return", pgettext_lazy("movement", "returned")
    ADJUSTMENT = "adjustment", pgettext_lazy("movement", "adjusted")
    MOVE = "move", pgettext_lazy("movement", "moved")


class Movement(models.Model):
    """`qty` units of a SKU came into (+) or left (−) a bin. A move inside a warehouse is two rows that sum to zero.

    `key` makes it happen once: the same key is the same movement, however often the call is repeated.
    """

    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    bin = models.ForeignKey("catalog.Bin", models.PROTECT, verbose_name=_("bin"))
    qty = models.IntegerField(_("quantity"))
    reason = models.CharField(_("reason"), max_length=12, choices=MovementReason)
    key = models.CharField(max_length=120)
    unit_cost_fen = models.BigIntegerField(_("unit cost (fen)"), default=0)
    actor = models.CharField(_("by"), max_length=80)
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("movement")
        verbose_name_plural = _("movements")
        constraints = [
            models.UniqueConstraint(fields=["key", "sku", "bin"], name="movement_once"),
            models.CheckConstraint(condition=~models.Q(qty=0), name="movement_not_zero"),
        ]
        indexes = [models.Index(fields=["sku", "warehouse", "id"], name="movement_of_stock")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.reason} {self.qty:+} × {self.sku_id}"
