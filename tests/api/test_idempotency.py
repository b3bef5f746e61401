"""A write happens once per key, however often it is sent and however many send it at once."""

import json
import threading

import pytest
from django.db import connection
from django.test import Client

from core.models import Event, IdempotencyKey
from oms.models import Order

HELD = "oms.hold_opened"


@pytest.fixture
def order(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 500))
    return floor.get("T1")


def holds():
    return Event.objects.filter(type=HELD).count()


def test_the_same_key_gives_the_same_answer_and_acts_once(token, call, order):
    ops, path = token("ops"), f"/orders/{order.pk}/hold/"
    first = call(ops, "post", path, {"note": "look"}, "k1")
    call(ops, "post", f"/orders/{order.pk}/release/", {"note": "fine"}, "k2")
    again = call(ops, "post", path, {"note": "look"}, "k1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json() and again.json()["status"] == "held"
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert holds() == 1
    order.refresh_from_db()
    assert order.open_holds == 0


def test_the_key_belongs_to_its_request(token, call, order):
    ops, path = token("ops"), f"/orders/{order.pk}/hold/"
    call(ops, "post", path, {"note": "look"}, "k1")
    for other_path, body in ((path, {"note": "other"}), (f"/orders/{order.pk}/cancel/", {"note": "look"})):
        answer = call(ops, "post", other_path, body, "k1")
        assert (answer.status_code, answer.json()["code"]) == (409, "idempotency_key_reused")
    assert holds() == 1


def test_the_key_belongs_to_its_user(token, call, order):
    path = f"/orders/{order.pk}/hold/"
    assert call(token("ops"), "post", path, {"note": "one"}, "k1").status_code == 200
    assert call(token("ops"), "post", path, {"note": "two"}, "k1").status_code == 200
    assert IdempotencyKey.objects.count() == 2


@pytest.mark.parametrize("key", ["", "x" * 101])
def test_a_write_without_a_key_is_refused(token, call, order, key):
    answer = call(token("ops"), "post", f"/orders/{order.pk}/hold/", {"note": "x"}, key)
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert holds() == 0


def test_a_refusal_is_not_kept(token, call, order):
    ops, path = token("ops"), f"/orders/{order.pk}/hold/"
    assert call(ops, "post", path, {"note": ""}, "k1").status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert call(ops, "post", path, {"note": "now right"}, "k1").status_code == 200


def test_a_crash_leaves_neither_the_work_nor_the_key(token, order, monkeypatch):
    from oms.api import views

    def hold_and_die(ids, note):
        Order.objects.filter(pk__in=ids).update(province="halfway")
        raise RuntimeError("power cut")

    monkeypatch.setattr(views.holds, "hold", hold_and_die)
    headers = {"Authorization": f"Token {token('ops')}", "Idempotency-Key": "k1"}
    client = Client(raise_request_exception=False)
    answer = client.post(
        f"/api/v1/orders/{order.pk}/hold/", json.dumps({"note": "x"}), "application/json", headers=headers
    )

    assert (answer.status_code, answer.json()["code"]) == (500, "server_error")
    assert not IdempotencyKey.objects.exists()
    assert not Order.objects.filter(province="halfway").exists()


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_are_one(token, order):
    secret, answers, start = token("ops"), [], threading.Barrier(8)

    def post():
        headers = {"Authorization": f"Token {secret}", "Idempotency-Key": "same"}
        try:
            start.wait()
            answers.append(Client().post(f"/api/v1/orders/{order.pk}/hold/", json.dumps({"note": "x"}),
                                         "application/json", headers=headers))  # fmt: skip
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [200] * 8
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 7
    assert holds() == 1
