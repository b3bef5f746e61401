"""Merging over the API."""

import pytest


@pytest.fixture
def pair(floor):
    floor.sku("A", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 500))
    return floor.get("T1").pk, floor.get("T2").pk


def test_orders_are_merged_taken_apart_and_sealed(pair, token, call):
    first, second = pair
    ops = token("ops")

    def say(order_id, act, body, status=200):
        answer = call(ops, "post", f"/orders/{order_id}/{act}/", body, key=f"{order_id}{act}{body}")
        assert answer.status_code == status, answer.content
        return answer.json()

    merged = say(first, "merge", {"order_ids": [second], "note": "one box"})
    assert merged["suborders"][0]["merge_id"] is not None
    assert say(first, "merge", {"order_ids": [second + 99], "note": "x"}, 403)["code"] == "not_yours"
    assert say(second, "unmerge", {"note": "no"})["suborders"][0]["merge_id"] is None
    assert say(first, "unmerge", {"note": "no"}, 409)["code"] == "not_merged"
    assert say(second, "seal", {"no_merge": True, "note": "a gift"})["no_merge"] is True
    refused = say(first, "merge", {"order_ids": [second], "note": "again"}, 409)
    assert (refused["code"], refused["fields"]) == ("cannot_merge", {"order_no": "T2", "reason": "sealed"})


def test_who_does_not_edit_orders_merges_none(pair, token, call):
    first, second = pair
    answer = call(token("cs"), "post", f"/orders/{first}/merge/", {"order_ids": [second], "note": "x"}, key="k")
    assert answer.status_code == 403
