"""Whatever is wrong with a call, the answer has one shape and a stable code."""

import pytest

from core.models import Event

SHAPE = {"code", "message", "fields", "request_id"}


@pytest.fixture
def order(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 500))
    return floor.get("T1")


def refused(response, status, code):
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    assert set(response.json()) == SHAPE
    assert response.json()["request_id"] == response["X-Request-Id"]
    return response.json()


def test_who_is_not_known_is_told_how_to_say_who_it_is(token, call, order):
    assert refused(call("", "get", "/orders/"), 401, "not_authenticated")
    assert call("", "get", "/orders/")["WWW-Authenticate"] == "Token"
    refused(call("nonsense", "get", "/orders/"), 401, "bad_token")
    refused(call("", "get", "/orders/", Authorization="Token a b"), 401, "bad_token")
    refused(call("", "get", "/orders/", Authorization="Token \xe9"), 401, "bad_token")


def test_what_one_may_not_do_is_403_and_what_one_may_not_see_404(token, call, order):
    refused(call(token("packer"), "get", "/orders/"), 403, "permission_denied")
    refused(call(token("cs"), "post", f"/orders/{order.pk}/hold/", {"note": "x"}, "k"), 403, "permission_denied")
    refused(call(token("ops", shop_ids=[0]), "get", f"/orders/{order.pk}/"), 404, "not_found")


@pytest.mark.parametrize(
    "path", ["/nothing/", "/orders/abc/", "/orders/0/", f"/orders/{10**30}/", "/orders/%00/", "/orders/1/nothing/",
             "/orders/?cursor=nonsense", "/../x/"]
)  # fmt: skip
def test_what_is_not_there(token, call, path):
    refused(call(token("ops"), "get", path), 404, "not_found")


def test_a_stranger_learns_the_same_of_every_address(call):
    refused(call("", "get", "/nothing/"), 404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"), [("put", "/orders/"), ("post", "/stock/"), ("delete", "/skus/1/"), ("get", "/orders/{}/hold/")]
)
def test_a_method_that_is_not_there(token, call, order, method, path):
    refused(call(token("admin"), method, path.format(order.pk), {}), 405, "method_not_allowed")


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (b"{", "application/json", 400, "parse_error"),
        (b'{"note": NaN}', "application/json", 400, "parse_error"),
        (b"\xff\xfe", "application/json", 400, "parse_error"),
        (b"[" * 100_000, "application/json", 400, "parse_error"),
        (b'{"note":' * 2000 + b"1" + b"}" * 2000, "application/json", 400, "parse_error"),
        (b'{"note": ' + b"9" * 5000 + b"}", "application/json", 400, "parse_error"),
        (b"[]", "application/json", 400, "invalid"),
        (b"{}", "application/json", 400, "invalid"),
        (b'{"note": "\\ud800"}', "application/json", 400, "invalid"),
        (b'{"note": "a\\u0000"}', "application/json", 400, "invalid"),
        (b'{"note": {"a": 1}}', "application/json", 400, "invalid"),
        (b'{"note": "' + b"x" * 201 + b'"}', "application/json", 400, "invalid"),
        (b"note=x", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
        (b"<x/>", "application/xml", 415, "unsupported_media_type"),
        (b'{"note": "' + b"x" * (6 << 20) + b'"}', "application/json", 413, "too_large"),
    ],
    ids=range(15),
)
def test_a_body_that_cannot_be_meant(token, call, order, body, content_type, status, code):
    before = Event.objects.count()
    response = call(token("ops"), "post", f"/orders/{order.pk}/hold/", body, "k", content_type)

    refused(response, status, code)
    assert Event.objects.count() == before


def test_a_field_at_fault_is_named(token, call, order):
    answer = refused(call(token("ops"), "post", f"/orders/{order.pk}/hold/", {}, "k"), 400, "invalid")
    assert answer["fields"] == {"note": ["This field is required."]}
    answer = refused(call(token("ops"), "get", "/orders/?status=nonsense&since=x"), 400, "invalid")
    assert set(answer["fields"]) == {"status", "since"}


def test_an_answer_nobody_can_read_is_not_sent(token, call):
    refused(call(token("ops"), "get", "/orders/", Accept="application/xml"), 406, "not_acceptable")


def test_a_domain_refusal_keeps_its_code(floor, token, call, order):
    ops = token("ops")
    floor.ship("T1")
    answer = refused(call(ops, "post", f"/orders/{order.pk}/cancel/", {"note": "x"}, "k"), 409, "already_shipped")
    assert answer["message"]


def test_the_message_follows_the_language_asked_for(token, call, order):
    ops = token("ops")
    chinese = call(ops, "post", f"/orders/{order.pk}/hold/", {"note": "x"}, **{"Accept-Language": "zh-CN"}).json()
    assert (chinese["code"], chinese["message"]) == (
        "idempotency_key_required", "每个写请求都要带 Idempotency-Key 请求头，最长 100 个字符。"
    )  # fmt: skip


def test_what_a_system_does_is_signed_by_it(token, call, order):
    from core.models import SystemToken

    assert call(token("ops"), "post", f"/orders/{order.pk}/hold/", {"note": "x"}, "k").status_code == 200
    event = Event.objects.filter(stream=f"oms.order:{order.pk}").latest("version")
    assert event.actor == f"system:{SystemToken.objects.get().name}"
