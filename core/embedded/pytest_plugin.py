"""Gives the test run a PostgreSQL and a Valkey of its own. Loaded by `-p`, before pytest-django reads the settings.

A DATABASE_URL or REDIS_URL in the environment is taken as it is; xdist's workers inherit what their controller made.
"""

import atexit
import os
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.embedded.errors import StackError
from core.embedded.postgres import OWNER
from core.embedded.scratch import scratch_home
from core.embedded.stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent
# Set by the controller for its workers: the broker is ours, so each worker may take a database number of its own.
OWN_BROKER = "ONEROPE_TEST_BROKER"

_running = ExitStack()
atexit.register(_running.close)  # pytest says no goodbye when the settings or the first conftest cannot be read


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker:
        if OWN_BROKER in os.environ:
            broker = urlsplit(os.environ[OWN_BROKER])
            number = int(worker.removeprefix("gw")) % 15 + 1
            os.environ["REDIS_URL"] = broker._replace(path=f"/{number}").geturl()
        return
    options = early_config.known_args_namespace
    if options.help or options.version or options.collectonly:
        return
    postgres, valkey = "DATABASE_URL" not in os.environ, "REDIS_URL" not in os.environ
    if not postgres and not valkey:
        return
    try:
        home = _running.enter_context(scratch_home(ROOT / "var", "pytest"))
        stack = Stack(home, postgres=postgres, valkey=valkey, durable=False)
        stack.start()
    except StackError as exc:
        _running.close()
        raise pytest.UsageError(str(exc)) from exc
    if postgres:
        os.environ["DATABASE_URL"] = stack.postgres.url(OWNER)
    if valkey:
        os.environ["REDIS_URL"] = os.environ[OWN_BROKER] = stack.valkey.url()


def pytest_unconfigure() -> None:
    _running.close()
