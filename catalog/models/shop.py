"""人: where orders come from, and what its listings mean to us."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Shop(models.Model):
    """One shop on one platform. `code` is its name in hook URLs. Secrets are sealed in the vault, newest first."""

    platform = models.CharField(_("platform"), max_length=20)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    secrets_record = models.UUIDField(_("sealed secrets"), null=True, blank=True, editable=False)
    ship_within_hours = models.PositiveSmallIntegerField(_("ship within (hours)"), default=48)
    is_active = models.BooleanField(_("active"), default=True)
    warehouses: models.ManyToManyField = models.ManyToManyField(
        "catalog.Warehouse", through="catalog.ShopWarehouse", verbose_name=_("warehouses")
    )

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        constraints = [models.UniqueConstraint(fields=["platform", "code"], name="shop_once_per_platform")]

    def __str__(self) -> str:
        return self.name


class ShopWarehouse(models.Model):
    """A warehouse that may serve a shop; the lower `priority` is asked first."""

    shop = models.ForeignKey(Shop, models.CASCADE, verbose_name=_("shop"))
    warehouse = models.ForeignKey("catalog.Warehouse", models.CASCADE, verbose_name=_("warehouse"))
    priority = models.PositiveSmallIntegerField(_("priority"), default=1)

    class Meta:
        verbose_name = _("shop warehouse")
        verbose_name_plural = _("shop warehouses")
        constraints = [models.UniqueConstraint(fields=["shop", "warehouse"], name="shop_warehouse_once")]

    def __str__(self) -> str:
        return f"{self.shop_id} → {self.warehouse_id} ({self.priority})"


class Listing(models.Model):
    """What a shop calls a thing, and which SKU that is: `key` is a merchant code, variant id or item id there."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="listings", verbose_name=_("shop"))
    key = models.CharField(_("platform key"), max_length=120)
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, related_name="listings", verbose_name=_("SKU"))
    title = models.CharField(_("title"), max_length=200, blank=True)
    merchant_code = models.CharField(
        _("merchant code"), max_length=120, blank=True, help_text=_("the code it carried when this was settled")
    )

    class Meta:
        verbose_name = _("listing")
        verbose_name_plural = _("listings")
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="listing_key_once_per_shop")]

    def __str__(self) -> str:
        return f"{self.key} → {self.sku_id}"
