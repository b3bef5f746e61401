"""Bills of platforms and banks, their lines, and what does not agree."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from finance.choices import CAUSE, DIFFERENCE_STATE, KIND, REASON, SIDE, SOURCE
from finance.domain.states import DifferenceState


class Statement(models.Model):
    """One imported file. `rows` counts its data rows: matched + explained + unexplained. Amounts are minor units.

    `residual_minor` is what `in_minor − out_minor` still holds beyond what orders and known causes account for; every
    bit of it belongs to an open difference with an owner.
    """

    source = models.CharField(_("source"), max_length=8, choices=SOURCE)
    layout = models.CharField(_("format"), max_length=20)
    shop = models.ForeignKey("catalog.Shop", models.PROTECT, null=True, verbose_name=_("shop"))
    account = models.CharField(_("account"), max_length=80, blank=True)
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    currency = models.CharField(_("currency"), max_length=3, default="CNY")
    period_start = models.DateTimeField(_("from"), null=True)
    period_end = models.DateTimeField(_("to"), null=True)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    repeated_rows = models.PositiveIntegerField(_("rows imported before"), default=0)
    matched_rows = models.PositiveIntegerField(_("matched"), default=0)
    explained_rows = models.PositiveIntegerField(_("explained"), default=0)
    unexplained_rows = models.PositiveIntegerField(_("unexplained"), default=0)
    in_minor = models.BigIntegerField(_("in"), default=0)
    out_minor = models.BigIntegerField(_("out"), default=0)
    residual_minor = models.BigIntegerField(_("residual"), default=0)
    # What the lines came to: [{"cause", "lines", "in_minor", "out_minor"}].
    breakdown = models.JSONField(default=list)
    warnings = models.JSONField(_("warnings"), default=list)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name=_("imported by"))
    imported_at = models.DateTimeField(_("imported at"), db_default=Now(), editable=False)
    reconciled_at = models.DateTimeField(_("reconciled at"), null=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        constraints = [
            models.UniqueConstraint(fields=["source", "sha256"], name="statement_file_once"),
            models.CheckConstraint(
                condition=Q(reconciled_at=None)
                | Q(rows=F("matched_rows") + F("explained_rows") + F("unexplained_rows")),
                name="statement_rows_add_up",
            ),
        ]
        indexes = [models.Index(fields=["layout", "period_start"], name="statement_by_period")]

    def __str__(self) -> str:
        return f"{self.source} {self.file_name or self.pk}"


class StatementLine(models.Model):
    """One line, once: `key` names it over all files. A re-issued line that says something else supersedes the old one.

    `in_minor`/`out_minor` are minor units. `text` never holds the counterparty.
    """

    # The two keys below are kept by the auditor, not by the database: its row-by-row check costs more than all the rest
    # of storing a million lines, and both sides are written by one statement each.
    statement = models.ForeignKey(
        Statement,
        models.PROTECT,
        related_name="lines",
        db_constraint=False,
        db_index=False,
        verbose_name=_("statement"),
    )
    row_no = models.PositiveIntegerField(_("row"))
    key = models.CharField(max_length=140)
    kind = models.CharField(_("kind"), max_length=10, choices=KIND)
    occurred_at = models.DateTimeField(_("time"))
    order_ref = models.CharField(_("order number"), max_length=80, blank=True)
    trade_no = models.CharField(_("trade number"), max_length=80, blank=True)
    in_minor = models.BigIntegerField(_("in"))
    out_minor = models.BigIntegerField(_("out"))
    currency = models.CharField(_("currency"), max_length=3)
    text = models.CharField(_("remark"), max_length=120, blank=True)
    cause = models.CharField(_("outcome"), max_length=15, choices=CAUSE, blank=True, default="")
    reason = models.CharField(_("rule"), max_length=20, choices=REASON, blank=True, default="")
    order = models.ForeignKey(
        "oms.Order", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False,
        verbose_name=_("order"),
    )  # fmt: skip
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("statement line")
        verbose_name_plural = _("statement lines")
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(superseded_at=None), name="statementline_once"),
            models.CheckConstraint(condition=Q(in_minor__gte=0, out_minor__gte=0), name="statementline_not_negative"),
        ]
        indexes = [
            models.Index(fields=["statement", "row_no"], name="statementline_in_file"),
            models.Index(fields=["order_ref"], condition=~Q(order_ref=""), name="statementline_of_order"),
            # What an order's fees add up to.
            models.Index(fields=["order"], condition=Q(cause="fee"), name="statementline_fees"),
        ]

    def __str__(self) -> str:
        return self.key


class RepeatedLine(models.Model):
    """A row of a file that an earlier file, or an earlier row, had brought: its money counts once, it shows in both."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="repeats")
    row_no = models.PositiveIntegerField()
    line = models.ForeignKey(StatementLine, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("repeated line")
        verbose_name_plural = _("repeated lines")
        constraints = [models.UniqueConstraint(fields=["statement", "row_no", "line"], name="repeatedline_once")]

    def __str__(self) -> str:
        return f"{self.statement_id}/{self.row_no}"


class Difference(models.Model):
    """One thing on which a platform and we do not agree, with its cause, and who settles it.

    `key` is the disagreement's identity: found again, it is the same row. `gain_minor` is what we have beyond what we
    should (negative: what we miss); `booked_minor` is how much of that is written off, between which two accounts.
    """

    key = models.CharField(max_length=180, unique=True)
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="differences", verbose_name=_("statement"))
    line = models.ForeignKey(StatementLine, models.PROTECT, null=True, related_name="+", verbose_name=_("line"))
    order = models.ForeignKey("oms.Order", models.PROTECT, null=True, related_name="+", verbose_name=_("order"))
    order_ref = models.CharField(_("order number"), max_length=80, blank=True)
    side = models.CharField(_("side"), max_length=8, choices=SIDE)
    cause = models.CharField(_("cause"), max_length=15, choices=CAUSE)
    reason = models.CharField(_("rule"), max_length=20, choices=REASON)
    platform_minor = models.BigIntegerField(_("platform"))
    system_minor = models.BigIntegerField(_("system"))
    gain_minor = models.BigIntegerField(_("difference"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(_("state"), max_length=9, choices=DIFFERENCE_STATE, default=DifferenceState.OPEN)
    owner = models.CharField(_("owner"), max_length=40, default="finance")
    ticket = models.ForeignKey(
        "aftersales.Ticket", models.PROTECT, null=True, related_name="+", verbose_name=_("ticket")
    )
    booked_minor = models.BigIntegerField(default=0)
    booked_from = models.CharField(max_length=8, blank=True)
    booked_to = models.CharField(max_length=8, blank=True)
    bookings = models.PositiveIntegerField(default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    found_at = models.DateTimeField(_("found at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "gone"]) | Q(closed_at__isnull=False), name="difference_closed_when"
            ),
            models.CheckConstraint(condition=~Q(state="open") | ~Q(owner=""), name="difference_open_has_owner"),
        ]
        indexes = [
            models.Index(fields=["statement", "cause", "id"], name="difference_of_statement"),
            models.Index(fields=["id"], condition=Q(state="open"), name="difference_open"),
            models.Index(fields=["order_ref"], name="difference_of_order"),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.order_ref or self.key}: {self.gain_minor:+}"
