import pytest

from tests.aftersales.counter import Counter


@pytest.fixture
def counter(db):
    return Counter()
