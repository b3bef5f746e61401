"""How a person likes a list: named filters, hidden columns, density."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A tab above a list: a name for a set of filters.

    `page` names the list (`oms.orders`); `querystring` is what its URL had after the `?`, without paging and without
    free text, which may be somebody's phone number. A shared one is everybody's who may open the page.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    name = models.CharField(_("Name"), max_length=40)
    querystring = models.CharField(max_length=2000, blank=True, default="")
    shared = models.BooleanField(_("For the whole team"), default=False)
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_name_once")]
        indexes = [models.Index(fields=["page"], condition=models.Q(shared=True), name="saved_view_shared")]

    def __str__(self) -> str:
        return self.name


class Density(models.TextChoices):
    ROOMY = "roomy", _("roomy")
    DENSE = "dense", _("dense")


class ListSetting(models.Model):
    """What one user changed about one list; kept here, not in the browser, so that it follows the person."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    page = models.CharField(max_length=60)
    hidden_columns = models.JSONField(default=list)
    density = models.CharField(max_length=5, choices=Density, default=Density.ROOMY)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "page"], name="list_setting_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.page}"
