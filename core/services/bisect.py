"""Run a batch; if it fails, halve it until the poisoned item stands alone."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import OperationalError, transaction

T = TypeVar("T")


def run_bisecting(
    items: Sequence[T], handle: Callable[[Sequence[T]], None]
) -> tuple[list[T], list[tuple[T, Exception]]]:
    """`(done, [(item, error)])`. Each try runs in its own savepoint, so a failing half leaves nothing behind.

    An OperationalError (lost connection, deadlock, lock timeout) is no item's fault: it is raised to the caller.
    """
    if not items:
        return [], []
    try:
        with transaction.atomic():
            handle(items)
    except OperationalError:
        raise
    except Exception as exc:  # noqa: BLE001 - any error of an item's own must be pinned on that item, whatever its class
        if len(items) == 1:
            return [], [(items[0], exc)]
        middle = len(items) // 2
        done_left, failed_left = run_bisecting(items[:middle], handle)
        done_right, failed_right = run_bisecting(items[middle:], handle)
        return done_left + done_right, failed_left + failed_right
    return list(items), []
