"""Waves and picking: working papers of the floor. What they did to stock is in the ledger, to orders in the events."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fulfillment.domain.batching import WaveKind

WAVE_KIND = [
    (WaveKind.SINGLE, _("single item")),
    (WaveKind.SAME_SKU, _("one SKU, many pieces")),
    (WaveKind.MULTI, _("mixed, into totes")),
]


class WaveState(models.TextChoices):
    DRAFT = "draft", _("draft")
    RELEASED = "released", _("released")
    DONE = "done", _("done")
    CANCELLED = "cancelled", _("cancelled")


class Wave(models.Model):
    """Sub-orders of one warehouse that are picked in one walk. `metres` is the planned walk, `metres_apart` what
    fetching each sub-order by itself would have come to; `rule` is the wave rule that set its limits."""

    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    kind = models.CharField(_("kind"), max_length=10, choices=WAVE_KIND)
    state = models.CharField(_("state"), max_length=10, choices=WaveState, default=WaveState.DRAFT)
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    metres = models.PositiveIntegerField(_("walk (m)"), default=0)
    metres_apart = models.PositiveIntegerField(_("walk one by one (m)"), default=0)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    released_at = models.DateTimeField(_("released at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        indexes = [
            models.Index(fields=["warehouse", "-id"], name="wave_warehouse"),
            models.Index(fields=["id"], condition=Q(state="released"), name="wave_running"),
        ]

    def __str__(self) -> str:
        return f"W{self.pk}"


class PickTask(models.Model):
    """One walk of one picker with one cart."""

    wave = models.OneToOneField(Wave, models.CASCADE, related_name="task")
    picker = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("picker"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["picker"], condition=Q(finished_at=None), name="picktask_running")]

    def __str__(self) -> str:
        return f"#{self.pk}"


class Tote(models.Model):
    """A numbered place on the cart, for one sub-order. Its label is `T<walk>-<number>`. A walk for single items has
    none: they go onto one heap."""

    task = models.ForeignKey(PickTask, models.CASCADE, related_name="totes")
    number = models.PositiveSmallIntegerField(_("tote"))
    suborder = models.ForeignKey("oms.SubOrder", models.PROTECT, related_name="totes")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["task", "number"], name="tote_place_once"),
            models.UniqueConstraint(fields=["task", "suborder"], name="tote_one_per_suborder"),
        ]

    def __str__(self) -> str:
        return f"T{self.task_id}-{self.number}"


class PickLineState(models.TextChoices):
    OPEN = "open", pgettext_lazy("pick line", "to pick")
    PICKED = "picked", _("picked")
    SHORT = "short", _("short")
    STRUCK = "struck", _("struck")


class PickLine(models.Model):
    """Take `qty` of a SKU from a bin into a tote. An open line owns a promise on the bin's stock for what is not yet
    picked; picked units lie in the warehouse's staging bin until they ship or are put back."""

    task = models.ForeignKey(PickTask, models.CASCADE, related_name="lines")
    sequence = models.PositiveSmallIntegerField()
    suborder = models.ForeignKey("oms.SubOrder", models.PROTECT, related_name="pick_lines")
    suborder_line = models.ForeignKey("oms.SubOrderLine", models.PROTECT, related_name="pick_lines")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT)
    bin = models.ForeignKey("catalog.Bin", models.PROTECT, verbose_name=_("bin"))
    tote = models.ForeignKey(Tote, models.CASCADE, null=True, related_name="lines", verbose_name=_("tote"))
    qty = models.PositiveIntegerField(_("quantity"))
    picked_qty = models.PositiveIntegerField(_("picked"), default=0)
    state = models.CharField(_("state"), max_length=8, choices=PickLineState, default=PickLineState.OPEN)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(picked_qty__lte=F("qty")), name="pickline_not_overpicked"),
            models.CheckConstraint(condition=Q(qty__gt=0), name="pickline_qty_positive"),
        ]
        indexes = [models.Index(fields=["task", "sequence"], condition=Q(state="open"), name="pickline_next")]

    def __str__(self) -> str:
        return f"{self.task_id}/{self.sequence}"


class PickScan(models.Model):
    """One act at the shelf; `uuid` makes it count once, however often the gun or the network repeats it.

    Verdicts: ok, bin, tote (right place) · wrong_bin, wrong_item, wrong_tote, bin_first, extra, unknown (loud) · undone
    (an ok that was taken back), undo, skip, short (the picker's own acts)."""

    uuid = models.UUIDField(unique=True)
    task = models.ForeignKey(PickTask, models.CASCADE, related_name="scans")
    line = models.ForeignKey(PickLine, models.CASCADE, null=True, related_name="scans")
    code = models.CharField(_("scanned"), max_length=64, blank=True)
    verdict = models.CharField(_("verdict"), max_length=12)
    qty = models.PositiveIntegerField(_("quantity"), default=0)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("by"))
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("scan at the shelf")
        verbose_name_plural = _("scans at the shelf")
        indexes = [models.Index(fields=["task", "verdict", "-id"], name="pickscan_last")]

    def __str__(self) -> str:
        return f"{self.code} {self.verdict}"


class Shortfall(models.Model):
    """`qty` units that a bin should hold and a picker did not find, and that could not be counted off at once because
    other orders had been promised all the rest. Until it is settled it owns a promise on the bin, so that nobody else
    is sent there for them."""

    line = models.OneToOneField(PickLine, models.CASCADE, related_name="shortfall")
    sku = models.ForeignKey("catalog.Sku", models.PROTECT, verbose_name=_("SKU"))
    bin = models.ForeignKey("catalog.Bin", models.PROTECT, verbose_name=_("bin"))
    qty = models.PositiveIntegerField(_("quantity"))
    noted_at = models.DateTimeField(_("noted at"), db_default=Now(), editable=False)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    class Meta:
        verbose_name = _("shortfall")
        verbose_name_plural = _("shortfalls")
        indexes = [models.Index(fields=["id"], condition=Q(settled_at=None), name="shortfall_open")]

    def __str__(self) -> str:
        return f"{self.qty} × {self.sku_id}@{self.bin_id}"
