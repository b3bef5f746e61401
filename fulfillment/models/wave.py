"""Waves and picking: working papers of the floor. What they did to stock is in the ledger, to orders in the events."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WaveKind(models.TextChoices):
    SINGLE = "single", _("single item")
    SAME_SKU = "same_sku", _("one SKU, many pieces")
    MULTI = "multi", _("mixed, into totes")


class WaveState(models.TextChoices):
    DRAFT = "draft", _("draft")
    RELEASED = "released", _("released")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class Wave(models.Model):
    """Sub-orders of one warehouse that are picked in one walk. `metres` is the planned walk."""

    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    kind = models.CharField(_("kind"), max_length=10, choices=WaveKind)
    state = models.CharField(_("state"), max_length=10, choices=WaveState, default=WaveState.DRAFT)
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    metres = models.PositiveIntegerField(_("walk (m)"), default=0)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    released_at = models.DateTimeField(_("released at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")

    def __str__(self) -> str:
        return f"W{self.pk}"


class PickTask(models.Model):
    """One walk of one picker. Totes are numbered places on the cart, one per sub-order."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="task")
    picker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("picker"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"P{self.pk}"


class PickLineState(models.TextChoices):
    OPEN = "open", pgettext_lazy("pick line", "to pick")
    PICKED = "picked", _("picked")
    SHORT = "short", _("short")
    STRUCK = "struck", _("struck")


class PickLine(models.Model):
    """Take `qty` of a SKU from a bin into a tote. Open lines own a promise on the bin's stock for what is not yet
    picked; picked units lie in the warehouse's staging bin until they ship or are put back."""

    task = models.ForeignKey(PickTask, models.CASCADE, related_name="lines")
    sequence = models.PositiveSmallIntegerField()
    suborder = models.ForeignKey("oms.SubOrder", models.PROTECT, related_name="pick_lines")
    suborder_line = models.ForeignKey("oms.SubOrderLine", models.PROTECT, related_name="pick_lines")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT)
    bin = models.ForeignKey("catalog.Bin", models.PROTECT, verbose_name=_("bin"))
    tote = models.PositiveSmallIntegerField(_("tote"))
    qty = models.PositiveIntegerField(_("quantity"))
    picked_qty = models.PositiveIntegerField(_("picked"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=PickLineState, default=PickLineState.OPEN)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(picked_qty__lte=F("qty")), name="pickline_not_overpicked"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="pickline_qty_positive"),
        ]
        indexes = [models.Index(fields=["suborder"], condition=Q(state="open"), name="pickline_open_suborder")]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.sequence}"


class PickScan(models.Model):
    """One scan at the shelf; `uuid` makes it count once, however often the gun or the network repeats it."""

    uuid = models.UUIDField(unique=True)
    task = models.ForeignKey(PickTask, models.CASCADE, related_name="scans")
    line = models.ForeignKey(PickLine, models.CASCADE, null=True)
    code = models.CharField(max_length=64)
    verdict = models.CharField(max_length=12)  # ok | wrong_bin | wrong_item | extra | unknown | short | undone
    qty = models.PositiveIntegerField(default=0)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField(db_default=Now(), editable=False)

    def __str__(self) -> str:
        return f"{self.code} {self.verdict}"
