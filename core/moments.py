"""Instants in filters, from any zone that a client writes them in."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField, RangeField
from django_filters.widgets import DateRangeWidget


class MomentField(IsoDateTimeField):
    """ISO 8601 → UTC. PostgreSQL refuses offsets beyond ±15:59:59, ISO knows up to ±23:59."""

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        try:
            return moment and moment.astimezone(UTC)
        except OverflowError as exc:
            raise forms.ValidationError(_("This is beyond the calendar."), code="invalid") from exc


class MomentRangeField(RangeField):
    widget = DateRangeWidget

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__((MomentField(), MomentField()), *args, **kwargs)


class MomentRangeFilter(django_filters.RangeFilter):
    field_class = MomentRangeField
