"""Who is acting, for the event log and the audit trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Context:
    """`actor` is `user:<name>`, `system:<token>` or `machine`; never a person's data."""

    actor: str = "machine"
    request_id: str = ""
    ip: str | None = None


_NOBODY = Context()
_context: ContextVar[Context] = ContextVar("context", default=_NOBODY)


def current() -> Context:
    return _context.get()


def sign(actor: str) -> None:
    """From here to the end of the enclosing `acting`, it is `actor` who acts: known only once a token was read."""
    _context.set(replace(_context.get(), actor=actor))


@contextmanager
def acting(actor: str, request_id: str = "", ip: str | None = None) -> Iterator[None]:
    """Everything appended inside the block is signed by `actor`."""
    token = _context.set(Context(actor, request_id, ip))
    try:
        yield
    finally:
        _context.reset(token)
