"""How the service desk is set up: its hours and its ready-made texts."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from aftersales.choices import TICKET_KIND
from aftersales.domain.macros import VARIABLES, unknown_variables

WEEKDAYS = list(
    enumerate(
        [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    )
)  # fmt: skip


class WorkingHours(models.Model):
    """When the desk answers on a weekday, Shanghai time; `closes` 00:00 means midnight. A weekday without a row is
    free; with no rows at all the desk answers 09:00–22:00 every day."""

    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=WEEKDAYS, unique=True)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("working hours")
        verbose_name_plural = _("working hours")
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=models.F("opens")) | Q(closes="00:00"), name="workinghours_in_order"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class FreeDay(models.Model):
    """A day on which the desk does not answer, whatever the weekday."""

    day = models.DateField(_("day"), unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("free day")
        verbose_name_plural = _("free days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class Macro(models.Model):
    """A ready-made reply. `{order_no}` and the other variables are filled in from the ticket."""

    title = models.CharField(_("title"), max_length=60, unique=True)
    text = models.TextField(_("text"), max_length=2000)
    kind = models.CharField(_("for tickets of kind"), max_length=20, choices=TICKET_KIND, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        ordering = ["position", "title"]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Refuse a text with a variable that no ticket has."""
        unknown = unknown_variables(self.text)
        if unknown:
            message = _("Unknown variable: %(unknown)s. Known ones: %(known)s.")
            params = {"unknown": ", ".join(sorted(unknown)), "known": ", ".join(VARIABLES)}
            raise ValidationError({"text": ValidationError(message, params=params)})
