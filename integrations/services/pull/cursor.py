"""Reading a shop's list on, slice by slice of modification time. The cursor moves when a slice is in the inbox, whole.

Once the platform's present is reached the next reading begins OVERLAP earlier: an order may come to be seen some time
after the moment it says it was changed at. Until then each slice begins where the last one ended.
"""

from datetime import timedelta

from core import clock
from integrations.channels.pulling import Window
from integrations.services.pull.intake import Intake
from integrations.services.pull.leases import Lease
from integrations.services.pull.line import Line, PageMoved
from integrations.services.pull.run_time import OutOfTime, RunTime

OVERLAP = timedelta(minutes=15)
_LONGEST = timedelta(days=1)  # of a slice
_QUICK = 2.0  # s: a slice read in less may be longer next time


def read_on(lease: Lease, line: Line, intake: Intake, run_time: RunTime, longest: timedelta) -> bool:
    """Read until the platform's present; True when the time was up before."""
    pull = lease.pull
    while True:
        present = clock.now() + timedelta(seconds=pull.skew_seconds)
        window = Window(pull.read_from, pull.read_from + min(timedelta(seconds=pull.step_seconds), longest))
        last = window.end >= present
        if last:
            window = Window(pull.read_from, max(present, pull.read_from))
        _read(window, lease, line, intake, run_time, last=last)
        if last or run_time.is_up():
            return not last


def _read(window: Window, lease: Lease, line: Line, intake: Intake, run_time: RunTime, *, last: bool) -> None:
    """Take one slice in and move the cursor, never beyond the platform's own clock as it was when the slice was opened.

    A slice that is too much for one run, or whose pages moved, is read in halves from the next run on.
    """
    pull, began = lease.pull, run_time.used()
    try:
        intake.take(line.read(window))
    except (OutOfTime, PageMoved):
        lease.move(step_seconds=max(pull.step_seconds // 2, 1))
        raise
    read_to = min(window.end, line.opened_at or window.end)
    quick = run_time.used() - began < _QUICK
    lease.move(
        read_from=read_to - OVERLAP if last else read_to,
        complete_to=max(read_to, pull.complete_to or read_to),
        skew_seconds=round(line.skew.total_seconds()),
        step_seconds=min(pull.step_seconds * 2, int(_LONGEST.total_seconds())) if quick else pull.step_seconds,
    )
