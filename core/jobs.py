"""Registry of what a `Job` can be; each app registers its kinds in its `handlers` module."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.models import Job

Runner = Callable[["Job"], None]
_runners: dict[str, Runner] = {}


def runner(kind: str, function: Runner) -> None:
    """`function(job)` does the work, item by item idempotently, and reports through `core.services.jobs`."""
    _runners[kind] = function


def get(kind: str) -> Runner:
    return _runners[kind]
