"""Misbehaviour on request: what goes wrong, on which path, how often."""

import threading
from dataclasses import asdict, dataclass
from random import Random
from typing import Any

MODES = ("slow", "error", "429", "drop_before", "drop_after", "slow_after", "bad_body", "redirect", "answer")


@dataclass(slots=True)
class Fault:
    """`path` is a prefix ("" is everything) and `match` a text that the body must hold. It strikes `count` times, each
    time with probability `rate`. `seconds` is how slow, or the pause that a 429 asks for.

    slow: late, then as usual · error: 500 · drop_before: hang up, nothing done · drop_after: done, then hung up
    slow_after: done, then silent · bad_body: done, the answer is garbage · redirect: 302 elsewhere
    answer: nothing done, `says` (JSON) with `status` instead: a platform's own refusal
    """

    path: str
    mode: str
    count: int = 1
    rate: float = 1.0
    seconds: float = 1.0
    match: str = ""
    status: int = 200
    says: Any = None

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise ValueError(f"unknown mode {self.mode!r}; known: {', '.join(MODES)}")


class Faults:
    """The faults still to strike."""

    def __init__(self, seed: int = 1) -> None:
        self._lock, self._rng = threading.Lock(), Random(seed)
        self._planned: list[Fault] = []

    def plan(self, fault: Fault) -> None:
        with self._lock:
            self._planned.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._planned.clear()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._planned]

    def strike(self, path: str, body: bytes) -> Fault | None:
        """The fault that hits this request, used up by one."""
        with self._lock:
            for fault in self._planned:
                fits = path.startswith(fault.path) and (not fault.match or fault.match.encode() in body)
                if fits and self._rng.random() < fault.rate:
                    fault.count -= 1
                    self._planned = [left for left in self._planned if left.count > 0]
                    return fault
        return None
