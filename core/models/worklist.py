"""What waits for a person, as one table; and who has taken it."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class OpenException(models.Model):
    """One thing that somebody must do: a row of a view over every kind in `core.worklist`. `id` is `ref` × 64 + `kind`;
    `about` is what people call it, `target` the id in its page's address, `detail` a code or a text of ours, never a
    receiver's data."""

    kind = models.SmallIntegerField()
    ref = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=40)
    order_id = models.BigIntegerField(null=True)
    about = models.CharField(max_length=200)
    detail = models.CharField(max_length=400)
    shop_id = models.BigIntegerField(null=True)
    warehouse_id = models.BigIntegerField(null=True)
    owner = models.CharField(_("owner"), max_length=40)
    since = models.DateTimeField(_("open since"))
    target = models.BigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "core_openexception"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.reason} {self.about}"


class ExceptionOwner(models.Model):
    """Who has taken a row whose own table keeps no owner: a role, or `user:<name>`."""

    kind = models.SmallIntegerField()
    ref = models.BigIntegerField()
    owner = models.CharField(_("owner"), max_length=40)
    at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="exceptionowner_one")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.ref}: {self.owner}"
