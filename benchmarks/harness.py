"""What the benchmarks share: value and floor measured in turn, medians, one JSON object as the last line."""

import json
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

ROUNDS = 5


def interleaved(value: Callable[[], float], floor: Callable[[], float], rounds: int = ROUNDS) -> tuple[float, float]:
    """Medians of both, measured in turn so that a noisy neighbour hits both alike."""
    values, floors = [], []
    for _round in range(rounds):
        values.append(value())
        floors.append(floor())
    return median(values), median(floors)


def rate(count: int, work: Callable[[], Any]) -> float:
    """`count` things per second."""
    started = time.perf_counter()
    work()
    return count / (time.perf_counter() - started)


def report(name: str, value: float, unit: str, floor: float, floor_unit: str, detail: dict[str, Any]) -> None:
    """Print the contract's object; `--json` or not, it is the same line."""
    told = {
        "name": name, "value": round(value, 1), "unit": unit, "floor": round(floor, 1), "floor_unit": floor_unit,
        "ratio": round(value / floor, 3) if floor else None, "detail": detail,
    }  # fmt: skip
    sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")


def prepare() -> None:
    """Django, a migrated database and the demo business in it."""
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", database="owner", interactive=False, verbosity=0)
    call_command("seed_demo", if_empty=True, stock=1_000_000, verbosity=0)
