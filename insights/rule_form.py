"""A rule as a form: rows of field, comparison and value, each typed by its field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.domain.rules import MANY, TYPE_OPERATORS, Area
from core.money import to_minor
from core.vocabulary import Action, Field, RuleKind
from core.web.rule_words import OPERATORS, written

_SEPARATORS = re.compile(r"[,,、;;\s]+")


@dataclass(slots=True)
class Row:
    """One condition being written. `value` is what its input holds: a text, or a list of texts where several are
    picked from choices."""

    known: RuleKind
    key: str = field(default_factory=lambda: uuid4().hex[:8])
    field: str = ""
    op: str = ""
    value: Any = ""
    error: str = ""

    @property
    def typed(self) -> Field | None:
        return self.known.fields.get(self.field)

    @property
    def ops(self) -> list[tuple[str, Any]]:
        return [(op, OPERATORS[op]) for op in TYPE_OPERATORS[self.typed.type]] if self.typed else []

    @property
    def many(self) -> bool:
        return self.op in MANY

    @property
    def input(self) -> str:
        """Which input its value takes."""
        typed = self.typed
        if typed is None:
            return ""
        if typed.type is bool:
            return "bool"
        if typed.choices and self.op in {"eq", "ne", "in", "not_in"}:
            return "choices" if self.many else "choice"
        if typed.type is int and not self.many:
            return "money" if typed.money else "number"
        return "words" if self.many else "text"

    @property
    def hint(self) -> str:
        """How several values are written."""
        placed = self.typed is not None and self.typed.type is Area
        return _("Xinjiang, Sanya of Hainan, 540000") if placed else _("several, with commas between")

    @property
    def choices(self) -> list[tuple[str, Any]]:
        return [(str(key), name) for key, name in self.typed.choices()] if self.typed and self.typed.choices else []

    def read(self) -> dict[str, Any]:
        """The condition. ValueError, with `error` set, when the value means nothing."""
        assert self.typed is not None
        try:
            value = [_one(self.typed, text) for text in self._texts()] if self.many else _one(self.typed, self.value)
            if self.many and not value:
                raise ValueError
        except ValueError as exc:
            self.error = _("“%(value)s” means nothing here.") % {"value": exc or self.value}
            raise
        return {"field": self.field, "op": self.op, "value": value}

    def _texts(self) -> list[str]:
        if isinstance(self.value, list):
            return self.value
        return [part for part in _SEPARATORS.split(self.value) if part]


def _one(typed: Field, text: str) -> Any:
    text = text.strip()
    if typed.read:
        return typed.read(text)
    if typed.type is bool:
        return text == "yes"
    if typed.money:
        return to_minor(text)
    if typed.type is int:
        return int(text)
    if not text:
        raise ValueError
    return text


def settled(row: Row) -> Row:
    """With a comparison that its field knows."""
    names = [op for op, _words in row.ops]
    if names and row.op not in names:
        row.op, row.value = ("contains_any" if "contains_any" in names else names[0]), ""
    return row


@dataclass(slots=True)
class RuleForm:
    """A whole rule being written."""

    known: RuleKind
    name: str = ""
    rows: list[Row] = field(default_factory=list)
    action: dict[str, str] = field(default_factory=dict)
    enabled: bool = True
    replaces: str = ""
    seen: str = ""
    errors: list[str] = field(default_factory=list)

    @property
    def decisions(self) -> list[tuple[str, Action, str, list[tuple[str, Any]]]]:
        return [
            (
                key,
                one,
                self.action.get(key, ""),
                [(str(value), name) for value, name in one.choices()] if one.choices else [],
            )
            for key, one in self.known.actions.items()
        ]

    def rule(self) -> dict[str, Any] | None:
        """The rule, or None with the errors set."""
        conditions = []
        for row in self.rows:
            if row.field:
                try:
                    conditions.append(row.read())
                except ValueError:
                    self.errors.append(row.error)
        action = self._action()
        if not self.name:
            self.errors.append(_("A rule needs a name."))
        if not action:
            self.errors.append(_("Say what the rule does."))
        if self.errors:
            return None
        return {"name": self.name, "conditions": conditions, "action": action, "enabled": self.enabled}

    def _action(self) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for key, one in self.known.actions.items():
            text = self.action.get(key, "")
            if not text:
                continue
            if one.choices is None:
                if not text.isdigit():
                    self.errors.append(_("“%(value)s” means nothing here.") % {"value": text})
                    continue
                said[key] = int(text)
            else:
                said[key] = text
        return said


def of_rule(known: RuleKind, rule: Mapping[str, Any] | None, seen: str) -> RuleForm:
    """The form of a rule that is there, or of a new one."""
    if rule is None:
        return RuleForm(known, rows=[Row(known)] if known.fields else [], seen=seen)
    rows = [
        Row(known, field=c["field"], op=c["op"], value=_held(known.fields.get(c["field"]), c["op"], c["value"]))
        for c in rule["conditions"]
    ]
    action = {key: str(value) for key, value in rule["action"].items()}
    return RuleForm(known, rule["name"], rows, action, rule["enabled"], replaces=rule["name"], seen=seen)


def _held(typed: Field | None, op: str, value: Any) -> Any:
    if typed is None:
        return str(value)
    if typed.type is bool:
        return "yes" if value else "no"
    if typed.choices and op in {"in", "not_in"}:
        return [str(each) for each in value]
    return written(typed, op, value)


def of_post(known: RuleKind, data: QueryDict) -> RuleForm:
    """What somebody sent."""
    return RuleForm(
        known,
        data.get("name", "").strip(),
        [of_row(known, data, key) for key in keys(data)],
        {key: data.get(f"action-{key}", "").strip() for key in known.actions},
        data.get("enabled") == "yes",
        data.get("replaces", ""),
        data.get("seen", ""),
    )


def keys(data: QueryDict) -> Iterable[str]:
    return [name.removeprefix("field-") for name in data if name.startswith("field-")]


def of_row(known: RuleKind, data: QueryDict, key: str) -> Row:
    values = data.getlist(f"value-{key}")
    row = Row(known, key[:20], data.get(f"field-{key}", ""), data.get(f"op-{key}", ""))
    if row.field not in known.fields:
        row.field = ""
    row.value = values if row.input == "choices" else " ".join(values)
    return settled(row)
