import pytest

from tests.web import gallery
from tests.web.conftest import gallery_pages, person

__all__ = ["gallery_pages", "person"]


@pytest.fixture
def ops_page(transactional_db, person, open_window):
    """A page of a window in which operations is logged in."""
    gallery.seen.clear()
    return open_window(person("ops")).new_page()
