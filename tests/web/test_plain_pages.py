"""Pages work without JavaScript, hold nothing inline, and speak Chinese."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from core.models import Job
from core.views.errors import server_error

PAGES = ["/gallery/jobs/", "/gallery/jobs/?state=done&q=J", "/gallery/parts/", "/gallery/scan/", "/scanner/", "/nope/"]
INLINE = re.compile(r"<script(?![^>]*\ssrc=)|<style|\son[a-z]+\s*=|\sstyle\s*=|hx-on|javascript:", re.IGNORECASE)


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def elements(answer):
    return Elements(answer.content.decode()).found


@pytest.fixture
def jobs(db):
    return Job.objects.bulk_create(Job(kind="labels", title=f"J{n}", state="done", results=[]) for n in range(60))


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_inline_and_nothing_is_fetched_from_elsewhere(ops, jobs, path):
    answer = ops.get(path)
    assert not INLINE.search(answer.content.decode())
    for _tag, attrs in elements(answer):
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            assert not re.match(r"(https?:)?//", attrs.get(name) or ""), attrs


@pytest.mark.parametrize("path", PAGES)
def test_whatever_htmx_does_a_browser_can_do_alone(ops, jobs, path):
    for tag, attrs in elements(ops.get(path)):
        if "hx-get" in attrs and "hx-trigger" not in attrs:
            assert tag == "form" or attrs.get("href"), attrs
        if "hx-post" in attrs:
            assert tag == "form"
            assert attrs.get("method") == "post"


@pytest.mark.parametrize("path", PAGES)
def test_every_posted_form_is_protected_and_every_field_has_a_name_for_the_blind(ops, jobs, path):
    html = ops.get(path).content.decode()
    for form in re.findall(r'<form[^>]*method="post".*?</form>', html, re.DOTALL):
        assert "csrfmiddlewaretoken" in form
    labelled = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html)) | {"find"}
    bare = re.sub(r"<label.*?</label>", "", html, flags=re.DOTALL)
    for tag, attrs in Elements(bare).found:
        if tag in {"input", "select", "textarea"} and attrs.get("type") not in {"hidden", "submit"}:
            assert attrs.get("id") in labelled or attrs.get("aria-label"), attrs


def test_a_page_says_its_language_its_place_and_where_its_content_starts(ops):
    html = ops.get("/gallery/jobs/").content.decode()
    assert '<html lang="zh-Hans">' in html
    assert '<a class="skip" href="#main">' in html
    assert '<main id="main" tabindex="-1">' in html
    assert 'id="messages" aria-live="polite"' in html


def test_chinese_comes_first_even_in_a_browser_of_another_language(client, db):
    english = {"Accept-Language": "en-US,en;q=0.9"}
    assert 'lang="zh-Hans"' in client.get("/login/", headers=english).content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert 'lang="en"' in client.get("/login/").content.decode()


def test_the_api_answers_in_the_callers_language(ops):
    answers = [ops.get("/api/v1/nope/", headers={"Accept-Language": language}).json() for language in ("zh-CN", "en")]
    assert answers[0]["message"] != answers[1]["message"] == "There is nothing here."
    assert {answer["code"] for answer in answers} == {"not_found"}


def test_errors_have_pages_of_their_own_in_chinese(ops):
    ops.raise_request_exception = False
    assert "这里没有" in ops.get("/nope/").content.decode()
    assert "出错了" in ops.get("/gallery/broken/").content.decode()
    forged = Client(enforce_csrf_checks=True).post("/login/", {})
    assert (forged.status_code, "过期" in forged.content.decode()) == (403, True)
    unreadable = ops.get("/login/", headers={"host": "evil.example"})
    assert (unreadable.status_code, "请求无法识别" in unreadable.content.decode()) == (400, True)


def test_a_stranger_sees_an_error_page_without_anybodys_menu(client, db):
    html = client.get("/nope/").content.decode()
    assert "这里没有" in html
    assert 'class="menu who"' not in html


def test_the_broken_page_needs_no_database(ops, django_assert_num_queries):
    request = ops.get("/gallery/parts/").wsgi_request
    with django_assert_num_queries(0):
        assert server_error(request).status_code == 500
