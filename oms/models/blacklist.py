from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class BlacklistEntry(models.Model):
    """Somebody we do not ship to without a look. Only the blind-index tag and masked text are kept."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("phone")
        BUYER = "buyer", _("buyer")
        ADDRESS = "address", _("address")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    tag = models.CharField(max_length=60, unique=True)
    shown = models.CharField(_("shown as"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("blacklist entry")
        verbose_name_plural = _("blacklist entries")

    def __str__(self) -> str:
        return f"{self.kind}: {self.shown}"
