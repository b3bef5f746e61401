#!/usr/bin/env python
"""Django's command line; in development the embedded services start when a command first asks the database."""

import os
import sys


def main() -> None:
    if sys.argv[1:] == ["parse_addresses"]:  # needs nothing of Django, whose applications alone weigh twice the table
        from oms.domain.address.__main__ import main as parse_addresses

        return parse_addresses()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line

    from core.embedded.errors import StackError

    try:
        execute_from_command_line(sys.argv)
    except StackError as exc:
        sys.exit(str(exc))


if __name__ == "__main__":
    main()
