"""Names of facts. Pure, so that a domain module may speak of its events."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class EventType:
    """A kind of fact: `<app>.<thing>_<happened>`, and the schema number its payload is written in today."""

    name: str
    schema: int = 1


@dataclass(frozen=True, slots=True)
class NewEvent:
    """A fact about to be appended."""

    type: EventType
    payload: dict[str, Any]
