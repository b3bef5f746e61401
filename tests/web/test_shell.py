"""The frame: who sees which entry, what waits there, and how the demo lets people in."""

import re

import pytest

from core.web import nav

PASSWORD = "gallery.password"


@pytest.fixture
def entries(monkeypatch):
    """A navigation of our own: two pages of one app, one of another."""
    monkeypatch.setattr(nav, "_items", {})
    nav.add(30, "Test the gun", "core:scanner", "barcode", "pack")
    nav.add(10, "Jobs", "gallery:jobs", "list", "orders_view", badge=lambda user: 100 if user.username == "ops" else 0)
    nav.add(20, "Parts", "gallery:parts", "list", "orders_view")
    nav.add(40, "Nowhere", "gallery:gone", "list", "orders_view")


def labels(user, path="/"):
    return [(entry["label"], entry["active"]) for entry in nav.visible_to(user, path)]


def test_an_entry_is_seen_by_those_who_may_open_it(entries, person):
    assert labels(person("ops")) == [("Jobs", False), ("Parts", False)]
    assert labels(person("packer")) == [("Test the gun", False)]
    assert labels(person("admin")) == [("Jobs", False), ("Parts", False), ("Test the gun", False)]


def test_somebody_who_left_sees_nothing(entries, person):
    gone = person("ops")
    gone.is_active = False
    assert labels(gone) == []


def test_the_page_one_is_on_is_marked_once(entries, person, monkeypatch):
    nav.add(15, "All", "gallery:scan", "list", "orders_view")
    assert labels(person("ops"), "/gallery/scan/undo/") == [("Jobs", False), ("All", True), ("Parts", False)]


def test_entries_of_one_app_stand_together_with_what_waits_there(entries, person):
    groups = nav.groups(person("admin"), "/")
    assert [[entry["label"] for entry in group["entries"]] for group in groups] == [["Jobs", "Parts"], ["Test the gun"]]
    assert [entry["badge"] for entry in nav.groups(person("ops"), "/")[0]["entries"]] == [100, 0]


def test_the_page_shows_the_entries_and_many_as_99_plus(entries, ops):
    html = ops.get("/gallery/jobs/").content.decode()
    assert re.search(r'href="/gallery/jobs/" class="active" aria-current="page"', html)
    assert '<b class="badge-n">99+</b>' in html
    assert "Test the gun" not in html


@pytest.fixture
def demo(settings):
    settings.DEMO_LOGINS = "tests.web.test_shell.LOGINS"
    settings.DEMO_PASSWORD = "tests.web.test_shell.PASSWORD"


LOGINS = [("ops", "运营 小陈"), ("nobody", "不存在")]


def test_the_demo_offers_the_logins_that_exist(demo, person, client):
    person("ops").set_password(PASSWORD)
    html = client.get("/login/").content.decode()
    assert "运营 小陈" in html
    assert "不存在" not in html
    assert "演示" in client.get("/nope/").content.decode()


def test_outside_the_demo_the_page_offers_nothing(person, client, settings):
    settings.DEMO_LOGINS = ""
    person("ops")
    html = client.get("/login/").content.decode()
    assert "demo-logins" not in html
    assert PASSWORD not in html


def test_logging_in_and_out(person, client):
    user = person("ops")
    user.set_password(PASSWORD)
    user.save()
    wrong = client.post("/login/", {"username": "ops", "password": "x"}).content.decode()
    assert 'role="alert"' in wrong
    form = {"username": "ops", "password": PASSWORD, "next": "/gallery/jobs/"}
    assert client.post("/login/", form).url == "/gallery/jobs/"
    assert client.post("/login/", {**form, "next": "https://evil.example/"}).url == "/"
    assert client.post("/logout/").url == "/login/"
    assert client.get("/gallery/jobs/").status_code == 302
