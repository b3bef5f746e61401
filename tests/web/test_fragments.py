"""One address, a page or a piece of it."""

from urllib.parse import parse_qs, urlsplit

import pytest

HTMX = {"HX-Request": "true"}


def whole(answer):
    return b"<!doctype html>" in answer.content


def test_a_browser_gets_the_page_and_htmx_the_piece(ops):
    page, piece = ops.get("/gallery/jobs/"), ops.get("/gallery/jobs/", headers=HTMX)
    assert whole(page)
    assert not whole(piece)
    assert b"<nav" not in piece.content
    assert b'class="toolbar"' in piece.content


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_htmx_gets_the_page_when_it_replaces_the_page(ops, header):
    assert whole(ops.get("/gallery/jobs/", headers={**HTMX, header: "true"}))


def test_a_cache_tells_page_and_piece_apart(ops):
    vary = ops.get("/gallery/jobs/").headers["Vary"]
    assert {"HX-Request", "HX-Boosted", "HX-History-Restore-Request", "Cookie"} <= {
        name.strip() for name in vary.split(",")
    }


def test_a_stranger_is_led_to_the_login_page(client, db):
    answer = client.get("/gallery/jobs/?state=done")
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.url).query) == {"next": ["/gallery/jobs/?state=done"]}


def test_a_piece_for_a_stranger_sends_the_browser_to_the_login_page_and_back(client, db):
    headers = {**HTMX, "HX-Current-URL": "http://testserver/gallery/parts/?a=1"}
    answer = client.get("/gallery/jobs/?state=done", headers=headers)
    assert answer.status_code == 204
    assert parse_qs(urlsplit(answer.headers["HX-Redirect"]).query) == {"next": ["/gallery/parts/?a=1"]}


def test_somebody_without_the_permission_is_refused_in_words(person, client):
    client.force_login(person("picker"))
    answer = client.get("/gallery/jobs/")
    assert answer.status_code == 403
    assert "没有权限" in answer.content.decode()


def test_what_was_said_reaches_a_page_that_only_fetches_a_piece(ops):
    ops.post("/gallery/jobs/batch/", {"action": "again"})
    piece = ops.get("/gallery/jobs/", headers=HTMX).content.decode()
    assert 'hx-swap-oob="innerHTML"' in piece
    assert "note-error" in piece
    assert "note-error" not in ops.get("/gallery/jobs/", headers=HTMX).content.decode()
