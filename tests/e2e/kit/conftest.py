import pytest

from tests.web import gallery
from tests.web.conftest import gallery_pages, person

__all__ = ["gallery_pages", "person"]


@pytest.fixture
def ops_page(transactional_db, person, page_of):
    gallery.seen.clear()
    return page_of(person("ops"))
