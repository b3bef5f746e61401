"""`python -m oms.domain.address`: standardise JSON lines from stdin to stdout without Django."""

import sys

from oms.domain.address.lines import answers


def main() -> None:
    sys.stdin.reconfigure(encoding="utf-8-sig", errors="surrogateescape")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    write, flush = sys.stdout.write, sys.stdout.flush
    for answer in answers(sys.stdin):
        write(answer)
        flush()


if __name__ == "__main__":
    main()
