from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AddressRule(models.Model):
    """What a person once said of a doubtful way to write a region: orders written like it go there without asking.

    `pattern` is the blind-index tag of `oms.domain.address.pattern.Pattern`; `wrote` shows it with the street masked.
    A rule without a shop holds in every shop; a shop's own comes first. A forgotten one stays as a record.
    """

    shop = models.ForeignKey("catalog.Shop", models.PROTECT, null=True, blank=True, verbose_name=_("shop"))
    pattern = models.CharField(max_length=60)
    wrote = models.CharField(_("written as"), max_length=200)
    code = models.CharField(_("division code"), max_length=6)
    made_by = models.CharField(_("by"), max_length=80)
    made_at = models.DateTimeField(_("since"), db_default=Now(), editable=False)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("remembered address")
        verbose_name_plural = _("remembered addresses")
        constraints = [
            models.UniqueConstraint(
                fields=["pattern", "shop"], condition=models.Q(forgotten_at=None), nulls_distinct=False,
                name="addressrule_one_answer",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.wrote} → {self.code}"
