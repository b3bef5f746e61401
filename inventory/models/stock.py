"""How much there is. Counters only; why they are what they are is in `Movement` and `Reservation`."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Stock(models.Model):
    """One SKU in one warehouse: `on_hand` = Σ movements, `reserved` = Σ pending reservations, `frozen` is set aside
    (quarantine); what may be promised is on_hand − reserved − frozen, never below zero."""

    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="stock", verbose_name=_("SKU"))
    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    on_hand = models.IntegerField(_("on hand"), default=0)
    reserved = models.IntegerField(_("reserved"), default=0)
    frozen = models.IntegerField(pgettext_lazy("stock", "frozen"), default=0)

    class Meta:
        verbose_name = _("stock")
        verbose_name_plural = _("stock")
        constraints = [
            models.UniqueConstraint(fields=["sku", "warehouse"], name="stock_once"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="stock_reserved_not_negative"),
            models.CheckConstraint(condition=Q(frozen__gte=0), name="stock_frozen_not_negative"),
            models.CheckConstraint(condition=Q(on_hand__gte=F("reserved") + F("frozen")), name="stock_never_oversold"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}@{self.warehouse_id}: {self.on_hand} − {self.reserved} − {self.frozen}"


class BinStock(models.Model):
    """One SKU in one bin: `qty` lies there, `promised` of it belongs to open pick lines."""

    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    bin = models.ForeignKey("catalog.Bin", models.PROTECT, related_name="stock", verbose_name=_("bin"))
    qty = models.IntegerField(_("quantity"), default=0)
    promised = models.IntegerField(_("promised to pickers"), default=0)

    class Meta:
        verbose_name = _("bin stock")
        verbose_name_plural = _("bin stock")
        constraints = [
            models.UniqueConstraint(fields=["sku", "bin"], name="binstock_once"),
            models.CheckConstraint(condition=Q(promised__gte=0), name="binstock_promised_not_negative"),
            models.CheckConstraint(condition=Q(qty__gte=F("promised")), name="binstock_never_overpromised"),
        ]

    def __str__(self) -> str:
        return f"{self.sku_id}@{self.bin_id}: {self.qty}"
