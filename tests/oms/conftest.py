import pytest

from tests.oms.trade import Trade


@pytest.fixture
def trade(db):
    return Trade()
