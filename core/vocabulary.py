"""Which facts each kind of rule may ask about. Filled by the app that owns the kind, read by the rule editor."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class RuleKind:
    """`facts` maps a field to its type; `labels` to what people call it; `actions` are the keys an action may have."""

    kind: str
    label: Any
    facts: Mapping[str, type]
    labels: Mapping[str, Any]
    actions: Mapping[str, Any]


_kinds: dict[str, RuleKind] = {}


def register(kind: RuleKind) -> None:
    _kinds[kind.kind] = kind


def get(kind: str) -> RuleKind:
    return _kinds[kind]


def all_kinds() -> Mapping[str, RuleKind]:
    return _kinds
