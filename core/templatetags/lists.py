"""The pieces of list pages: filter fields and what they are set to, sortable headers, cells."""

from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms, template
from django.db.models import Model
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from core.templatetags.onerope import changed
from core.web.columns import Column

register = template.Library()

MAIN_FIELDS = 4  # the rest of a filter form folds away


@register.simple_tag(takes_context=True)
def cell(context: template.RequestContext, column: Column, row: Any) -> Any:
    """A row's content in a column."""
    if not column.template:
        return column.render(row)
    assert context.template is not None  # it is this one
    with context.push(row=row):
        return context.template.engine.get_template(column.template).render(context)


@register.simple_tag(takes_context=True)
def sorting(context: dict[str, Any], column: Column) -> dict[str, str]:
    """How a list is sorted by a column (`ascending`, `descending`, `none`), and the address that sorts it the next
    way: down, up, not at all."""
    now = context["sort"]
    state = {column.name: "ascending", f"-{column.name}": "descending"}.get(now, "none")
    following = {"none": f"-{column.name}", "descending": column.name, "ascending": ""}[state]
    return {"state": state, "query": changed(context["request"].GET, {"sort": following})}


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter's form field: `kind` says how it is drawn, `choices` what a drawn-out one offers."""

    field: BoundField
    kind: str
    choices: list[tuple[str, Any, bool]]


@register.simple_tag
def filter_fields(filterset: django_filters.FilterSet, hidden: list[str]) -> dict[str, Any]:
    """The fields a person may set: the `main` ones and `more`, which is `open` when one of them is set."""
    visible = [_drawn(field) for field in filterset.form if field.name not in (hidden or ())]
    more = visible[MAIN_FIELDS:]
    return {
        "main": visible[:MAIN_FIELDS],
        "more": more,
        "open": any(filterset.data.get(one.field.name) for one in more),
    }


def _drawn(field: BoundField) -> FilterField:
    widget = field.field.widget
    if isinstance(widget, forms.SelectMultiple):
        chosen = {str(value) for value in field.value() or ()}
        options = [(str(value), label, str(value) in chosen) for value, label in widget.choices]
        return FilterField(field, "many", options)
    if isinstance(widget, forms.NullBooleanSelect):
        value = str(field.value() or "").lower()
        answers = [("", _("any")), ("true", _("yes")), ("false", _("no"))]
        return FilterField(field, "one", [(key, label, key == value) for key, label in answers])
    return FilterField(field, "plain", [])


@register.simple_tag(takes_context=True)
def kept(context: dict[str, Any], hidden: list[str]) -> list[tuple[str, str]]:
    """What of the address a filter form must carry along: the tree's choice and the sorting."""
    params: QueryDict = context["request"].GET
    return [(name, value) for name in [*(hidden or ()), "sort"] for value in params.getlist(name) if value]


@register.simple_tag(takes_context=True)
def filters_set(
    context: dict[str, Any], filterset: django_filters.FilterSet, hidden: list[str]
) -> list[dict[str, str]]:
    """Each filter that is set: its label, its value in words, the address without it."""
    request: HttpRequest = context["request"]
    found = []
    for name, field in filterset.form.fields.items():
        value = getattr(filterset.form, "cleaned_data", {}).get(name)
        if name in (hidden or ()) or value in (None, "", []):
            continue
        found.append({"label": field.label, "value": _words(field, value), "query": changed(request.GET, {name: None})})
    return found


def _words(field: forms.Field, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Model):
        return str(value)
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    values = value if isinstance(value, list | tuple) else [value]
    return ", ".join(choices.get(str(one), str(one)) for one in values)
