"""The outside world, running in a thread of the test, and a door that its tracking pushes can knock at."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import requests

from counterpart import keys
from counterpart.server import Counterpart


class Door(ThreadingHTTPServer):
    """Takes tracking pushes; `answers` are statuses to give first, then 200."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Knock)
        self.got, self.answers = [], []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def wait_for(self, count, seconds=10):
        until = time.monotonic() + seconds
        while len(self.got) < count and time.monotonic() < until:
            time.sleep(0.02)
        assert len(self.got) >= count, f"{len(self.got)} pushes came, {count} were awaited"
        return list(self.got)


class _Knock(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.server.got.append((status, self.path, body))
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *args):
        pass


def _serving(server):
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


@pytest.fixture
def door():
    server = _serving(Door())
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def outside():
    """The counterpart; nothing tracked until it is told where to push."""
    server = _serving(Counterpart())
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def contracts(settings, outside):
    """Our side configured to speak to it."""
    for name, value in keys.settings(outside.url).items():
        setattr(settings, name, value)
    return settings


@pytest.fixture
def tell(outside):
    """POST to /_/…; returns the JSON answer."""

    def post(path, value):
        answer = requests.post(f"{outside.url}/_/{path}", json=value, timeout=5)
        answer.raise_for_status()
        return answer.json()

    return post


@pytest.fixture
def ask(outside):
    """GET /_/…"""
    return lambda path: requests.get(f"{outside.url}/_/{path}", timeout=5).json()
