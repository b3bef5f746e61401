"""Whom a tracking push is from, which pushes are the same one, and what each carrier is told."""

import json
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from integrations.carriers.kdniao.delivery import sign as kdniao_sign
from integrations.carriers.kuaidi100.delivery import sign as kuaidi100_sign
from integrations.carriers.registry import TRACKERS, tracker
from integrations.channels.adapter import BadSignature, Outcome, Push

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
PARAM = '{"lastResult": {"nu": "Y1", "data": [{"context": "已揽收 + 100%"}]}}'
DATA = '{"EBusinessID": "11", "Data": [{"LogisticCode": "Y1"}]}'


def form(**fields):
    return Push(urlencode(fields).encode(), {"content-type": "application/x-www-form-urlencoded"})


def good(carrier, secret="key-1"):
    if carrier == "kuaidi100":
        return form(param=PARAM, sign=kuaidi100_sign(PARAM, secret))
    if carrier == "kdniao":
        return form(RequestData=DATA, RequestType="101", DataSign=kdniao_sign(DATA, secret))
    return Push(b'{"Body": {"WaybillRoute": [{"mailno": "SF1"}]}}', query={"token": secret})


def test_signatures_are_what_md5sum_says():
    assert kuaidi100_sign('{"a":1}', "pepper") == "E952DB0BA4A7DABF97AE14960272869D"
    assert kdniao_sign('{"a":1}', "key-1") == "ZTAyZTU3YTU4YmNiMjk3NDliOWEzOGZmZDBmMjE3MTM="


@pytest.mark.parametrize("carrier", sorted(TRACKERS))
def test_any_live_secret_opens_and_no_other(carrier):
    found = tracker(carrier)

    found.verify(good(carrier), ["old", "key-1"], NOW)
    for secrets, code in ((["other"], "signature_mismatch"), ([], "no_secret"), ([""], "no_secret")):
        with pytest.raises(BadSignature) as caught:
            found.verify(good(carrier), secrets, NOW)
        assert caught.value.code == code


@pytest.mark.parametrize("carrier", sorted(TRACKERS))
@pytest.mark.parametrize("body", [b"", b"{}", b"a=1", b"\xff\xfe", b"param=%7B%7D&RequestData=%7B%7D"])
def test_an_unsigned_body_is_refused_as_such(carrier, body):
    with pytest.raises(BadSignature) as caught:
        tracker(carrier).verify(Push(body), ["key-1"], NOW)

    assert caught.value.code == "signature_missing"


def test_a_changed_character_breaks_the_signature():
    changed = PARAM.replace("Y1", "Y2")
    with pytest.raises(BadSignature):
        tracker("kuaidi100").verify(form(param=changed, sign=kuaidi100_sign(PARAM, "s")), ["s"], NOW)


def test_kdniao_may_encode_twice():
    twice = form(RequestData=quote(DATA), DataSign=quote(kdniao_sign(DATA, "key-1")))

    tracker("kdniao").verify(twice, ["key-1"], NOW)


@pytest.mark.parametrize("carrier", sorted(TRACKERS))
def test_a_copy_has_the_same_key_and_another_push_has_not(carrier):
    found, push = tracker(carrier), good(carrier)
    other = Push(push.body.replace(b"Y1", b"Y7").replace(b"SF1", b"SF7"), push.headers, push.query)

    assert found.delivery_key(push) == found.delivery_key(good(carrier))
    assert found.delivery_key(push) != found.delivery_key(other)
    assert len(found.delivery_key(push)) <= 200


def test_each_carrier_hears_what_it_expects():
    def said(carrier, outcome):
        return json.loads(tracker(carrier).answer(outcome, good(carrier), NOW).body)

    assert said("kuaidi100", Outcome.STORED) == {"result": True, "returnCode": "200", "message": "成功"}
    assert said("kuaidi100", Outcome.UNREADABLE)["result"] is False
    assert said("kdniao", Outcome.STORED) == {
        "EBusinessID": "11",
        "UpdateTime": "2026-11-23 16:00:00",
        "Success": True,
        "Reason": "",
    }
    assert said("kdniao", Outcome.BAD_SIGNATURE)["Success"] is False
    assert said("sf", Outcome.STORED) == {"return_code": "0000", "return_msg": "成功"}
    assert said("sf", Outcome.UNAVAILABLE)["return_code"] == "1000"


@pytest.mark.parametrize("carrier", sorted(TRACKERS))
@pytest.mark.parametrize(("outcome", "status"), [(Outcome.STORED, 200), (Outcome.BAD_SIGNATURE, 401)])
def test_the_status_code_says_it_too(carrier, outcome, status):
    assert tracker(carrier).answer(outcome, None, NOW).status == status
