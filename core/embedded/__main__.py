"""`python -m core.embedded scratch NAME -- COMMAND…`: run a command whose `var/` is a throwaway one, then erase it.

Servers start in there when the command first wants them, durable ones: what it measures or breaks behaves as in var/.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from core.embedded.errors import StackError
from core.embedded.scratch import scratch_home

VAR = Path(__file__).resolve().parent.parent.parent / "var"
REPLACED = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "COUNTERPART_URL")


def main(arguments: list[str]) -> int:
    match arguments:
        case ["scratch", name, "--", *command] if command:
            try:
                return _scratch(name, command)
            except StackError as exc:
                print(exc, file=sys.stderr)
                return 1
    print(__doc__, file=sys.stderr)
    return 2


def _scratch(name: str, command: list[str]) -> int:
    with scratch_home(VAR, name) as home:
        environ = {key: value for key, value in os.environ.items() if key not in REPLACED}
        child = subprocess.Popen(command, env={**environ, "ONEROPE_VAR": str(home.root)})

        def forward(number: int, _frame: FrameType | None) -> None:
            # The child shares our terminal: a Ctrl-C has reached it already, and a second one would mean "hurry".
            if child.poll() is None and number != signal.SIGINT:
                child.send_signal(number)

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, forward)
        code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
