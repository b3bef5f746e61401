"""Which facts each kind of rule may ask about. Filled by the app that owns the kind, read by the rule editor."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Choices = Callable[[], Iterable[tuple[Any, Any]]]


@dataclass(frozen=True, slots=True)
class Field:
    """One fact: what people call it, its type, under which heading it stands. `unit` is said behind its value;
    `money` is entered in yuan and kept in fen; `choices` are the values it can have. Where people write a value in
    another way than it is kept, `read` takes theirs (ValueError: it means nothing) and `show` gives it back."""

    label: Any
    type: type
    group: Any = ""
    unit: Any = ""
    money: bool = False
    choices: Choices | None = None
    read: Callable[[str], Any] | None = None
    show: Callable[[Any], str] | None = None


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a rule may decide: one of its `choices`, or a whole number."""

    label: Any
    choices: Choices | None = None

    def allows(self, value: Any) -> bool:
        if self.choices is None:
            return type(value) is int
        return any(value == choice for choice, _label in self.choices())


@dataclass(frozen=True, slots=True)
class RuleKind:
    """`bell` is rung when a version goes live. `first_match`: only the first rule that matches counts. `shadows`: a
    version can be asked beside the live one and tried on past orders."""

    kind: str
    label: Any
    fields: Mapping[str, Field]
    actions: Mapping[str, Action]
    first_match: bool = False
    shadows: bool = False
    bell: str = ""
    facts: Mapping[str, type] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "facts", {name: one.type for name, one in self.fields.items()})


_kinds: dict[str, RuleKind] = {}


def register(kind: RuleKind) -> None:
    _kinds[kind.kind] = kind


def get(kind: str) -> RuleKind:
    return _kinds[kind]


def all_kinds() -> Mapping[str, RuleKind]:
    return _kinds
