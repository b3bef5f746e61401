"""Errors a person or another system may see: a stable code, a translated message, the fields at fault."""

from collections.abc import Mapping
from typing import Any


class OneRopeError(Exception):
    """Base of every expected refusal. `code` is stable API; `message` may be lazy-translated."""

    code = "error"
    status = 400

    def __init__(self, message: Any = "", *, code: str | None = None, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.fields = dict(fields or {})


class Conflict(OneRopeError):
    """Somebody else won: a stale version, a second resolution, an illegal transition."""

    code = "conflict"
    status = 409


class NotFound(OneRopeError):
    code = "not_found"
    status = 404


class Forbidden(OneRopeError):
    code = "forbidden"
    status = 403


class Unreadable(OneRopeError):
    """Bytes that are not the message they claim to be."""

    code = "unreadable"
