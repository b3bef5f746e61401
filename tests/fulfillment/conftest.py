import pytest

from fulfillment import ports
from tests.fulfillment.floor import Floor


@pytest.fixture
def floor(db):
    before = ports._gateway
    yield Floor()
    ports._gateway = before
