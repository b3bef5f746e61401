"""What every response carries, whoever made it."""

import pytest
from django.test import Client

from core.web.middleware import LOOSE, STRICT


@pytest.mark.parametrize(
    "path", ["/gallery/jobs/", "/gallery/parts/", "/login/", "/livez", "/readyz", "/nope/", "/orders"]
)
def test_every_response_carries_the_strict_policy(ops, path):
    assert ops.get(path).headers["Content-Security-Policy"] == STRICT


def test_the_strict_policy_allows_nothing_inline():
    assert "unsafe" not in STRICT
    assert {"default-src 'self'", "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'"} <= set(
        STRICT.split("; ")
    )


def test_refusals_of_other_middleware_carry_the_policy_too(db):
    unknown_host = Client().get("/login/", headers={"host": "evil.example"})
    forged = Client(enforce_csrf_checks=True).post("/login/", {"username": "x", "password": "y"})
    assert (unknown_host.status_code, forged.status_code) == (400, 403)
    assert unknown_host.headers["Content-Security-Policy"] == forged.headers["Content-Security-Policy"] == STRICT


def test_a_page_that_broke_carries_the_policy_and_its_number(ops):
    ops.raise_request_exception = False
    answer = ops.get("/gallery/broken/", headers={"X-Request-Id": "abcdef-12345"})
    assert answer.status_code == 500
    assert answer.headers["Content-Security-Policy"] == STRICT
    assert answer.headers["X-Request-Id"] == "abcdef-12345"
    assert "abcdef-12345" in answer.content.decode()


def test_only_the_admin_and_the_api_explorer_get_the_looser_policy(client, db):
    assert client.get("/admin/login/").headers["Content-Security-Policy"] == LOOSE
    assert client.get("/administrators/").headers["Content-Security-Policy"] == STRICT
    assert client.get("/api/v1/orders/").headers["Content-Security-Policy"] == STRICT


def test_pages_are_not_kept_by_anybody(ops):
    assert ops.get("/gallery/jobs/").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("given", ["short", "has space inside", "x" * 65, "semi;colon-12345", "<script>alert</script>"])
def test_a_strange_request_id_is_replaced(client, db, given):
    answered = client.get("/livez", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert answered != given
    assert len(answered) == 32
