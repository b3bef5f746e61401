"""How long one shop may be read before others have their turn."""

import time

from core.errors import OneRopeError

ENOUGH, TOO_LONG = 7.0, 20.0  # s: nothing new is begun after the first, everything ends at the second


class OutOfTime(OneRopeError):
    """The run was cut short; what it stored stays, what it was at begins anew."""

    code = "out_of_time"
    status = 503


class RunTime:
    def __init__(self) -> None:
        self._began = time.monotonic()

    def used(self) -> float:
        return time.monotonic() - self._began

    def is_up(self) -> bool:
        return self.used() > ENOUGH

    def check(self) -> None:
        """Raises OutOfTime."""
        if self.used() > TOO_LONG:
            raise OutOfTime("the run took too long")
