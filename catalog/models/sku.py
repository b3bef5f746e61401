"""货: what is sold, how it is packed, who supplies it."""

from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Supplier(models.Model):
    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    lead_time_days = models.PositiveSmallIntegerField(_("lead time (days)"), default=7)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Temperature(models.TextChoices):
    AMBIENT = "ambient", _("ambient")
    CHILLED = "chilled", _("chilled")
    FROZEN = "frozen", _("frozen")


class Sku(models.Model):
    """One sellable thing, or a bundle of others (then it has components and no stock of its own)."""

    code = models.CharField(_("SKU"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    category = models.CharField(_("category"), max_length=60, blank=True)
    is_bundle = models.BooleanField(_("bundle"), default=False)
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    length_mm = models.PositiveIntegerField(_("length (mm)"), default=0)
    width_mm = models.PositiveIntegerField(_("width (mm)"), default=0)
    height_mm = models.PositiveIntegerField(_("height (mm)"), default=0)
    temperature = models.CharField(_("temperature"), max_length=8, choices=Temperature, default=Temperature.AMBIENT)
    is_hazardous = models.BooleanField(_("hazardous"), default=False)
    is_bulky = models.BooleanField(_("bulky"), default=False)
    is_fragile = models.BooleanField(_("fragile"), default=False)
    cost_fen = models.PositiveBigIntegerField(_("cost (fen)"), default=0)
    floor_fen = models.PositiveBigIntegerField(
        _("lowest price (fen)"),
        default=0,
        help_text=_("sold for less, finance may want to look; 0: no such price"),
    )
    tax_rate_bp = models.PositiveIntegerField(_("tax rate (1/100 %)"), default=1300)
    tax_code = models.CharField(_("tax code"), max_length=19, blank=True)
    supplier = models.ForeignKey(Supplier, models.PROTECT, null=True, blank=True, verbose_name=_("supplier"))
    reorder_point = models.PositiveIntegerField(_("reorder point"), default=0)
    reorder_qty = models.PositiveIntegerField(_("reorder quantity"), default=0)
    is_active = models.BooleanField(_("active"), default=True)
    updated_at = models.DateTimeField(_("updated at"), auto_now=True)

    class Meta:
        verbose_name = _("SKU")
        verbose_name_plural = _("SKUs")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Barcode(models.Model):
    """What a gun reads. One code means one SKU; a carton's code stands for `qty` of it."""

    code = models.CharField(_("barcode"), max_length=64, unique=True)
    sku = models.ForeignKey(Sku, models.CASCADE, related_name="barcodes", verbose_name=_("SKU"))
    qty = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("barcode")
        verbose_name_plural = _("barcodes")

    def __str__(self) -> str:
        return self.code


class PackSpec(models.Model):
    """包规: how many of a SKU go into one package of a level, and in what."""

    class Level(models.TextChoices):
        EACH = "each", _("each")
        INNER = "inner", _("inner box")
        CARTON = "carton", _("carton")

    sku = models.ForeignKey(Sku, models.CASCADE, related_name="pack_specs", verbose_name=_("SKU"))
    level = models.CharField(_("level"), max_length=8, choices=Level)
    qty = models.PositiveIntegerField(_("quantity"), validators=[MinValueValidator(1)])
    weight_g = models.PositiveIntegerField(_("weight (g)"), default=0)
    length_mm = models.PositiveIntegerField(_("length (mm)"), default=0)
    width_mm = models.PositiveIntegerField(_("width (mm)"), default=0)
    height_mm = models.PositiveIntegerField(_("height (mm)"), default=0)
    material = models.CharField(_("packing material"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("pack spec")
        verbose_name_plural = _("pack specs")
        constraints = [models.UniqueConstraint(fields=["sku", "level"], name="packspec_once_per_level")]

    def __str__(self) -> str:
        return f"{self.sku_id} {self.level} ×{self.qty}"


class BundleComponent(models.Model):
    bundle = models.ForeignKey(Sku, models.CASCADE, related_name="components", verbose_name=_("bundle"))
    component = models.ForeignKey(Sku, models.PROTECT, related_name="in_bundles", verbose_name=_("component"))
    qty = models.PositiveIntegerField(_("quantity"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("bundle component")
        verbose_name_plural = _("bundle components")
        constraints = [
            models.UniqueConstraint(fields=["bundle", "component"], name="bundle_component_once"),
            models.CheckConstraint(condition=~models.Q(bundle=models.F("component")), name="bundle_not_in_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.bundle_id} ∋ {self.qty} × {self.component_id}"
