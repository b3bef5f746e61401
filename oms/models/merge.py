"""Merging: what leaves together, what might, and which orders nobody has looked at yet for it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class Merge(models.Model):
    """Orders of one receiver that leave one warehouse in one parcel. Who belongs to it is told by the orders' events;
    this row is what a database constraint holds them together by."""

    warehouse = models.ForeignKey("catalog.Warehouse", models.PROTECT, verbose_name=_("warehouse"))
    merge_key = models.CharField(max_length=60)
    rule = models.CharField(_("rule"), max_length=80, blank=True)  # '' when a person merged
    made_by = models.CharField(_("by"), max_length=80)
    made_at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["id", "warehouse"], name="merge_of_one_warehouse")]

    def __str__(self) -> str:
        return f"M{self.pk}"


class ProposalState(models.TextChoices):
    OPEN = "open", _("proposed")
    MERGED = "merged", _("merged")
    DECLINED = "declined", _("declined")
    GONE = "gone", _("came to nothing")


class MergeProposal(models.Model):
    """Orders that a rule would merge: by itself (`by_rule`), or when somebody says so. A declined one stands for its
    orders: no part of them is proposed or merged by a rule again. `facts` is what the rule saw."""

    merge_key = models.CharField(max_length=60)
    kind = models.CharField(max_length=40, blank=True)  # currency, what may share a box, and the shop if one only
    order_ids = ArrayField(models.BigIntegerField())
    shop_ids = ArrayField(models.BigIntegerField())
    state = models.CharField(_("state"), max_length=8, choices=ProposalState, default=ProposalState.OPEN)
    by_rule = models.BooleanField(default=False)
    rule = models.CharField(_("rule"), max_length=80, blank=True)
    rule_version = models.PositiveIntegerField(default=0)
    facts = models.JSONField(default=dict)
    note = models.CharField(_("note"), max_length=200, blank=True)
    proposed_at = models.DateTimeField(_("proposed at"), db_default=Now(), editable=False)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(_("by"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("merge proposal")
        verbose_name_plural = _("merge proposals")
        constraints = [
            models.UniqueConstraint(
                fields=["merge_key", "kind"], condition=models.Q(state="open"), name="mergeproposal_one_open"
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=models.Q(state="open"), name="mergeproposal_waiting"),
            models.Index(fields=["merge_key"], condition=models.Q(state="declined"), name="mergeproposal_declined"),
        ]

    def __str__(self) -> str:
        return f"{self.order_ids}: {self.state}"


class MergeLook(models.Model):
    """An order that has its goods and that merging has not looked at since."""

    order = models.OneToOneField("oms.Order", models.CASCADE, primary_key=True)

    def __str__(self) -> str:
        return str(self.order_id)
