"""Who wants to hear of which event. Filled by each app's `handlers` module at start-up, frozen in practice afterwards.

A local subscriber changes our own tables: it gets a batch in event order and runs in the transaction that marks the
deliveries done, so its effect happens exactly once. A remote one talks to another system: it gets one event at a time,
outside any transaction, at least once, and passes the event id on as idempotency key.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import Event

BatchHandler = Callable[[Sequence["Event"]], None]
RemoteHandler = Callable[["Event"], None]


class Transient(Exception):
    """The other side is not able just now; try again after `retry_after` seconds, or by the usual backoff."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Permanent(Exception):
    """The other side will never accept this; park it for a person."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    name: str
    local: BatchHandler | None = None
    remote: RemoteHandler | None = None


_subscribers: dict[str, Subscriber] = {}
_by_type: dict[str, list[str]] = defaultdict(list)


def subscribe(
    name: str, types: Iterable[str], *, local: BatchHandler | None = None, remote: RemoteHandler | None = None
) -> None:
    """Owe `name` every event of `types` from now on. Exactly one of `local` and `remote` is given."""
    assert (local is None) != (remote is None), "a subscriber is either local or remote"
    assert name not in _subscribers, f"subscriber {name} is registered twice"
    _subscribers[name] = Subscriber(name, local, remote)
    for event_type in types:
        _by_type[event_type].append(name)


def subscribers_of(event_type: str) -> Sequence[str]:
    return _by_type.get(event_type, ())


def all_subscribers() -> Sequence[Subscriber]:
    return tuple(_subscribers.values())


def get(name: str) -> Subscriber:
    return _subscribers[name]
