"""Rules as people say them: a condition, what it saw, what a rule does about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.domain.rules import MANY, Area
from core.money import to_major
from core.vocabulary import Field, RuleKind

OPERATORS: Mapping[str, Any] = {
    "gt": gettext_lazy("more than"),
    "gte": gettext_lazy("at least"),
    "lt": gettext_lazy("less than"),
    "lte": gettext_lazy("at most"),
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "not_in": gettext_lazy("is none of"),
    "contains": gettext_lazy("contains"),
    "contains_any": gettext_lazy("contains one of"),
    "contains_none": gettext_lazy("contains none of"),
    "within": pgettext_lazy("area", "lies in"),
    "not_within": pgettext_lazy("area", "does not lie in"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One condition: `label op value`, and the fact it met (`None`: none is kept)."""

    label: str
    op: str
    value: str
    fact: str | None = None


def say(kind: RuleKind, conditions: Iterable[Mapping[str, Any]]) -> list[Said]:
    """Conditions of a rule, or of a trace (then with the facts)."""
    choices = _Choices()
    return [_say(kind.fields.get(one["field"]), one, choices) for one in conditions]


def _say(field: Field | None, one: Mapping[str, Any], choices: "_Choices") -> Said:
    if field is None:  # a list, or a field of before
        return Said(_("blacklist"), "", str(one["value"]), _text(one.get("fact")))
    fact = choices.show(field, one["fact"]) if one.get("fact") is not None else None
    return Said(str(field.label), str(OPERATORS[one["op"]]), choices.show(field, one["value"], unit=True), fact)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


class _Choices:
    """Names of choices, asked for once per field."""

    def __init__(self) -> None:
        self._names: dict[int, dict[Any, Any]] = {}

    def show(self, field: Field, value: Any, *, unit: bool = False) -> str:
        many = value if isinstance(value, list) else [value]
        words = "、".join(self._one(field, each) for each in many)
        return f"{words} {field.unit}" if field.unit and (unit or field.money) else words

    def _one(self, field: Field, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if field.money:
            return f"{to_major(value):,}"
        if field.choices:
            names = self._names.setdefault(id(field), dict(field.choices()))
            return str(names.get(value, value))
        return field.show(value) if field.show else str(value)


def decides(kind: RuleKind, action: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a rule does: (what, value) in words."""
    said = []
    for key, one in kind.actions.items():
        if key in action:
            names = dict(one.choices()) if one.choices else {}
            said.append((str(one.label), str(names.get(action[key], action[key]))))
    return said


def written(field: Field, op: str, value: Any) -> str:
    """A value as a form's text input holds it."""
    if op in MANY and isinstance(value, list):
        return "、".join(written(field, "eq", each) for each in value)
    if field.money and isinstance(value, int):
        return str(to_major(value))
    return field.show(value) if field.show and field.type is Area else str(value)
