"""Who may do what (permissions) and where (shops and warehouses)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from core.permissions import PERMISSIONS


class Access(models.Model):  # noqa: DJ008 - it has no rows to show
    """Carries the product's permissions (`core.<code>`); it has no table."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = tuple(PERMISSIONS)


class UserScope(models.Model):
    """What part of the business a user sees. `all_*` true means every one, present and future.

    Ids, not foreign keys: the kernel knows no business nouns.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="scope")
    all_shops = models.BooleanField(default=False)
    all_warehouses = models.BooleanField(default=False)
    shop_ids = models.JSONField(default=list)
    warehouse_ids = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.user}"


class SystemToken(models.Model):
    """An API credential of another system, acting as `user` (whose scope and permissions bound it).

    Only the SHA-256 of the token is kept; the token itself is shown once.
    """

    name = models.CharField(max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name
