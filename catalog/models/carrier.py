"""Who carries, and for how much."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Carrier(models.Model):
    """An express company. `adapter` names the waybill client that speaks to it."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=60)
    adapter = models.CharField(_("waybill adapter"), max_length=20)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class RateSheet(models.Model):
    """A carrier's prices from a warehouse since a day; the newest sheet not in the future counts."""

    carrier = models.ForeignKey(Carrier, models.CASCADE, related_name="rate_sheets", verbose_name=_("carrier"))
    warehouse = models.ForeignKey("catalog.Warehouse", models.CASCADE, verbose_name=_("warehouse"))
    valid_from = models.DateField(_("valid from"))

    class Meta:
        verbose_name = _("rate sheet")
        verbose_name_plural = _("rate sheets")
        constraints = [
            models.UniqueConstraint(fields=["carrier", "warehouse", "valid_from"], name="ratesheet_once_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.carrier_id} {self.valid_from}"


class RateRow(models.Model):
    """Price of one destination province: the first weight, then steps begun."""

    sheet = models.ForeignKey(RateSheet, models.CASCADE, related_name="rows", verbose_name=_("rate sheet"))
    province = models.CharField(_("province"), max_length=40)
    first_g = models.PositiveIntegerField(_("first weight (g)"), default=1000)
    first_fen = models.PositiveIntegerField(_("first price (fen)"))
    step_g = models.PositiveIntegerField(_("weight step (g)"), default=1000)
    step_fen = models.PositiveIntegerField(_("price per step (fen)"))
    hours = models.PositiveSmallIntegerField(_("usual hours to delivery"), default=48)

    class Meta:
        verbose_name = _("rate row")
        verbose_name_plural = _("rate rows")
        constraints = [
            models.UniqueConstraint(fields=["sheet", "province"], name="raterow_once_per_province"),
            models.CheckConstraint(condition=models.Q(step_g__gt=0), name="raterow_step_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.province}"
