import re
from itertools import pairwise

import pytest
from django.contrib.auth.models import User

from fulfillment.domain.labels.code128 import modules
from fulfillment.views.cards import COMMANDS, QUIET


@pytest.fixture
def page(db, client):
    client.force_login(User.objects.create_user("anybody"))
    return client.get("/pick/cards/").content.decode()


def test_every_card_is_drawn_as_its_code_with_quiet_zones(page):
    drawings = re.findall(r'<svg viewBox="0 0 (\d+) 40".*?aria-label="(C-[A-Z]+)">(.*?)</svg>', page, re.DOTALL)
    assert [code for _width, code, _bars in drawings] == [code for code, _label, _hint in COMMANDS]
    for width, code, drawing in drawings:
        bars = [(int(x), int(w)) for x, w in re.findall(r'x="(\d+)" y="2" width="(\d+)"', drawing)]
        read = [part for x, w in bars for part in (x, x + w)]
        assert [after - before for before, after in pairwise(read)] == modules(code)
        assert (read[0], int(width) - read[-1]) == (QUIET, QUIET)


def test_every_button_that_a_card_presses_has_its_card(settings):
    templates = (settings.BASE_DIR / "templates" / "fulfillment").glob("*.html")
    pressed = {code for path in templates for code in re.findall(r'data-command="([^"]+)"', path.read_text("utf-8"))}
    assert pressed | {"C-OK"} == {code for code, _label, _hint in COMMANDS}
