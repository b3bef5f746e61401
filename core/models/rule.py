"""Rules are data: versioned sets of typed conditions and an action."""

from django.db import models
from django.db.models.functions import Now


class RuleSetStatus(models.TextChoices):
    """draft → shadow → live → retired; a shadow may be left out."""

    DRAFT = "draft"
    SHADOW = "shadow"  # asked of every order beside the live version; what it finds is only noted
    LIVE = "live"
    RETIRED = "retired"


class RuleSet(models.Model):
    """One version of the rules of one kind (`risk`, `carrier`, `wave` …). Only a draft may change; `revision` counts
    how often it did, so that nobody overwrites what he has not seen."""

    kind = models.CharField(max_length=30)
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=RuleSetStatus, default=RuleSetStatus.DRAFT)
    revision = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True, default="")
    created_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    shadowed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=80, blank=True, default="")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="ruleset_version_once"),
            *(
                models.UniqueConstraint(
                    fields=["kind"], condition=models.Q(status=status), name=f"ruleset_one_{status}_per_kind"
                )
                for status in ("draft", "shadow", "live")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version} ({self.status})"


class Rule(models.Model):
    """All `conditions` (`[{"field", "op", "value"}]`) must hold; then `action` is what the kind's owner does."""

    rule_set = models.ForeignKey(RuleSet, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=80)
    conditions = models.JSONField(default=list)
    action = models.JSONField(default=dict)
    enabled = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["rule_set", "position"], name="rule_position_once")]

    def __str__(self) -> str:
        return self.name
