import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.embedded.home import Home
from core.embedded.scratch import scratch_home
from core.embedded.stack import Stack

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def home(request):
    """An empty throwaway home below var/, where the servers' account can reach it."""
    with scratch_home(ROOT / "var", f"test-{request.node.name[:40]}") as home:
        yield home


@pytest.fixture(scope="module")
def shared_stack(request):
    """One durable stack for a file's tests: making a cluster takes longer than most of them."""
    with scratch_home(ROOT / "var", f"test-{request.module.__name__}") as home:
        yield Stack(home)


@pytest.fixture
def stack(shared_stack):
    """Running at the start of every test, whatever the one before did to it."""
    shared_stack.start()
    return shared_stack


@pytest.fixture
def python():
    """Start `python -c CODE ARGS…` in the checkout; ended with the test, whole process group."""
    started = []

    def run(code: str, *args: str, **environ: str) -> subprocess.Popen:
        inherited = {
            k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")
        }
        process = subprocess.Popen(
            [sys.executable, "-c", code, *args],
            cwd=ROOT,
            env={**inherited, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def kill(record) -> None:
    """kill -9, and wait until it is gone."""
    os.kill(record.pid, signal.SIGKILL)
    assert record.wait(10)


def eventually(condition, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.05)


def same_home(home: Home) -> Stack:
    """The stack of `home` as another process would see it."""
    return Stack(Home(home.root))
