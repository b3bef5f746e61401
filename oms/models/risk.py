"""Who is known for better or worse, what the rules found, and which orders must be looked at again."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class ListEntry(models.Model):
    """Somebody we do not ship to without a look (black), or ask no questions (white). Only the blind-index tag and
    masked text are kept; one trait is on one list only."""

    class Side(models.TextChoices):
        BLACK = "black", _("blacklist")
        WHITE = "white", _("whitelist")

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        BUYER = "buyer", _("buyer")
        ADDRESS = "address", _("address")
        IP = "ip", _("IP address")
        DEVICE = "device", _("device")

    side = models.CharField(_("list"), max_length=5, choices=Side, default=Side.BLACK)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    tag = models.CharField(max_length=60, unique=True)
    shown = models.CharField(_("shown as"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("list entry")
        verbose_name_plural = _("black and white list")

    def __str__(self) -> str:
        return f"{self.side} {self.kind}: {self.shown}"


class RuleHit(models.Model):
    """A rule's latest word on an order: which conditions matched which facts. `shadow`: it held nothing."""

    order = models.ForeignKey("oms.Order", models.CASCADE, related_name="rule_hits")
    rule = models.ForeignKey("core.Rule", models.CASCADE, related_name="hits", db_index=False)
    shadow = models.BooleanField()
    facts = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "order", "shadow"], name="rulehit_once")]
        indexes = [models.Index(fields=["rule", "at"], name="rulehit_by_rule")]

    def __str__(self) -> str:
        return f"{self.rule_id} → {self.order_id}"


class Rescreening(models.Model):
    """Orders to be screened again, walked in id order: all that have not left, after a version of the rules went live
    (`rule_set_id`), or those of one trait, after a list changed (`tag`)."""

    rule_set_id = models.BigIntegerField(null=True, unique=True)
    tag = models.CharField(max_length=60, blank=True)
    after_id = models.BigIntegerField(default=0)
    until_id = models.BigIntegerField(null=True)
    looked_at = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["id"], condition=models.Q(done_at=None), name="rescreening_open")]

    def __str__(self) -> str:
        return f"{self.rule_set_id or self.tag}: {self.looked_at}"
