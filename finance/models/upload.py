"""A bill on its way in: kept until a worker has read it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from finance.choices import SOURCE


class Upload(models.Model):
    """The bytes of one uploaded bill. Deleted once imported or refused."""

    source = models.CharField(max_length=8, choices=SOURCE)
    shop = models.ForeignKey("catalog.Shop", models.CASCADE, null=True)
    name = models.CharField(max_length=200, blank=True)
    mapping = models.JSONField(null=True)
    data = models.BinaryField()
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)
    uploaded_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")

    def __str__(self) -> str:
        return self.name
