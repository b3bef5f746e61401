"""`python -m counterpart --port N`: run until interrupted."""

import argparse
import logging
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from counterpart.server import Counterpart


def main() -> int:
    parser = argparse.ArgumentParser("counterpart", description="Carriers, shops and a CRM on one local port.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state-dir", type=Path, help="where to remember; without it a restart forgets everything")
    parser.add_argument("--callback", default=os.environ.get("COUNTERPART_CALLBACK", ""), help="base URL to push to")
    parser.add_argument("--speed", type=float, help="how many times as fast as life parcels travel")
    options = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
    try:
        server = Counterpart(options.port, options.state_dir, options.callback)
    except OSError as exc:
        print(f"counterpart: cannot listen on port {options.port}: {exc.strerror}", file=sys.stderr)
        return 1
    if options.speed:
        server.world.settings["speed"] = options.speed

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, leave)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        return 0
    finally:
        server.server_close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
