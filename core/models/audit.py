"""Who did what, when, why."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One act of a person or system on one object. Append-only; `before`/`after` hold no receiver data."""

    actor = models.CharField(_("actor"), max_length=80)
    action = models.CharField(_("action"), max_length=80)
    target = models.CharField(_("target"), max_length=120)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    before = models.JSONField(_("before"), null=True)
    after = models.JSONField(_("after"), null=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True, default="")
    at = models.DateTimeField(_("at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        indexes = [models.Index(fields=["target", "id"], name="audit_target")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.actor} {self.action} {self.target}"
