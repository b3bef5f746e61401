"""Who may do what (permissions) and where (shops and warehouses)."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

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

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="scope", verbose_name=_("user"))
    all_shops = models.BooleanField(_("all shops"), default=False)
    all_warehouses = models.BooleanField(_("all warehouses"), default=False)
    shop_ids = models.JSONField(_("shops"), default=list, blank=True)
    warehouse_ids = models.JSONField(_("warehouses"), default=list, blank=True)

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")

    def __str__(self) -> str:
        return f"{self.user}"


class SystemToken(models.Model):
    """An API credential of another system, acting as `user` (whose scope and permissions bound it).

    Only the SHA-256 of the token is kept; the token itself is shown once.
    """

    name = models.CharField(_("name"), max_length=80)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"))
    digest = models.CharField(max_length=64, unique=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)
    last_used_at = models.DateTimeField(_("last used at"), null=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.name
