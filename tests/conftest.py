"""What holds for every test: nothing outside this machine is called, and no test sees another one's cache."""

import ipaddress
import os
import socket

import pytest
from django.core.cache import cache

from core.embedded.pytest_plugin import OWN_BROKER


@pytest.fixture(autouse=True, scope="session")
def loopback_only():
    """A test that reaches for another machine is wrong, and says where it wanted to go."""
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = "127.0.0.1" if address[0] == "localhost" else address[0]
            if not ipaddress.ip_address(host).is_loopback:
                raise AssertionError(f"a test wanted to connect to {address}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(autouse=True)
def empty_cache():
    """Empties the cache (and, as it is the same one, the broker) that the plugin made for this very run."""
    if OWN_BROKER in os.environ:
        cache.clear()
