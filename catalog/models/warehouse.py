"""场: where things lie and how one walks to them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class Warehouse(models.Model):
    """A building that ships. What it can take (`temperatures`, hazard, bulky) bounds what may be routed to it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    province = models.CharField(_("province"), max_length=40)
    city = models.CharField(_("city"), max_length=40)
    district = models.CharField(_("district"), max_length=40, blank=True)
    detail = models.CharField(_("street"), max_length=200, blank=True)
    contact = models.CharField(_("contact"), max_length=40, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    temperatures = ArrayField(models.CharField(max_length=8), default=list, verbose_name=_("temperatures"))
    takes_hazardous = models.BooleanField(_("takes hazardous goods"), default=False)
    takes_bulky = models.BooleanField(_("takes bulky goods"), default=True)
    handling_fen = models.PositiveIntegerField(_("handling cost per parcel (fen)"), default=150)
    cutoff = models.TimeField(_("cut-off time"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("warehouse")
        verbose_name_plural = _("warehouses")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Zone(models.Model):
    """Part of a warehouse; `heat` 1 is walked most."""

    class Kind(models.TextChoices):
        PICK = "pick", _("pick face")
        BULK = "bulk", _("bulk")
        STAGING = "staging", _("staging")
        QUARANTINE = "quarantine", _("quarantine")

    warehouse = models.ForeignKey(Warehouse, models.CASCADE, related_name="zones", verbose_name=_("warehouse"))
    code = models.CharField(_("code"), max_length=20)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PICK)
    heat = models.PositiveSmallIntegerField(_("heat (1 = hottest)"), default=3)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        constraints = [models.UniqueConstraint(fields=["warehouse", "code"], name="zone_once_per_warehouse")]

    def __str__(self) -> str:
        return f"{self.warehouse_id}-{self.code}"


class Bin(models.Model):
    """One place to put things; `aisle` and `x_mm`/`y_mm` (from the south-west corner) place it on the walk."""

    zone = models.ForeignKey(Zone, models.CASCADE, related_name="bins", verbose_name=_("zone"))
    code = models.CharField(_("code"), max_length=40, unique=True)
    aisle = models.PositiveSmallIntegerField(_("aisle"), default=0)
    x_mm = models.IntegerField(_("x (mm)"), default=0)
    y_mm = models.IntegerField(_("y (mm)"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("bin")
        verbose_name_plural = _("bins")

    def __str__(self) -> str:
        return self.code
