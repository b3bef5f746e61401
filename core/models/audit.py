"""Who did what, when, why."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now


class AuditEntry(models.Model):
    """One act of a person or system on one object. Append-only; `before`/`after` hold no receiver data."""

    actor = models.CharField(max_length=80)
    action = models.CharField(max_length=80)
    target = models.CharField(max_length=120)
    reason = models.CharField(max_length=200, blank=True, default="")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    ip = models.GenericIPAddressField(null=True)
    request_id = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        indexes = [models.Index(fields=["target", "id"], name="audit_target")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.target}"
