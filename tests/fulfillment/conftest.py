import pytest

from fulfillment import ports
from tests.fulfillment.floor import Floor, Gateway


@pytest.fixture
def gateway(monkeypatch):
    gateway = Gateway()
    monkeypatch.setattr(ports, "_gateway", gateway)
    return gateway


@pytest.fixture
def floor(db, gateway):
    return Floor()
