"""Waybill numbers over real HTTP: one number a reference whatever the network does, and no parcel spoils another."""

import threading

import pytest

from counterpart.carriers import BAD_PLACE
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, Party, WaybillGrant, WaybillRequest
from integrations import http
from integrations.carriers import gateway
from integrations.carriers.gateway import HttpGateway, request_waybills

SENDER = Party("晴川家居", "4000000000", "广东省", "深圳市", "宝安区", "福海街道 3 栋")
CARRIERS = ["SF", "ZTO", "JD"]  # 丰桥, 菜鸟, plain
PATHS = {"SF": "/std/service", "ZTO": "/router/rest", "JD": "/waybills/"}
pytestmark = pytest.mark.usefixtures("contracts")


def wanted(reference, carrier, detail="文一西路 969~1 号*A+B&C=%20", **more):
    receiver = Party("王小明", "13812345678", "浙江省", "杭州市", "余杭区", detail)
    return WaybillRequest(reference, carrier, SENDER, receiver, 850, ("O-" + reference,), (("茶壶", 1),), **more)


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_grant_holds_what_the_label_needs(carrier):
    (grant,) = request_waybills([wanted("P1-1", carrier)])

    assert isinstance(grant, WaybillGrant)
    assert (grant.reference, grant.carrier) == ("P1-1", carrier)
    assert grant.waybill_no.isalnum() and len(grant.waybill_no) in (14, 15)
    assert "571" in grant.sort_code
    assert grant.package_center


def test_answers_keep_the_order_of_a_mixed_batch():
    batch = [wanted(f"P{index}", CARRIERS[index % 3]) for index in range(45)]

    answers = request_waybills(batch)

    assert [answer.reference for answer in answers] == [request.reference for request in batch]
    assert [answer.carrier for answer in answers] == [request.carrier for request in batch]
    assert len({answer.waybill_no for answer in answers}) == 45


@pytest.mark.parametrize("carrier", CARRIERS)
def test_the_same_reference_gets_the_same_number_however_often_it_is_asked(carrier):
    first = request_waybills([wanted("P1", carrier), wanted("P2", carrier)])
    again = request_waybills([wanted("P2", carrier), wanted("P1", carrier)])

    assert [answer.waybill_no for answer in again] == [first[1].waybill_no, first[0].waybill_no]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_one_bad_address_refuses_itself_and_no_other(carrier):
    batch = [wanted(f"P{index}", carrier) for index in range(12)]
    batch[4] = wanted("P4", carrier, f"{BAD_PLACE}村 1 号")

    answers = request_waybills(batch)

    assert [type(answer) for answer in answers] == [WaybillGrant] * 4 + [CarrierRefusal] + [WaybillGrant] * 7


@pytest.mark.parametrize("carrier", CARRIERS)
@pytest.mark.parametrize("mode", ["error", "429", "drop_before", "drop_after", "bad_body", "redirect"])
def test_no_certain_answer_is_unknown_and_never_a_second_number(carrier, mode, tell, ask):
    tell("faults", {"path": PATHS[carrier], "mode": mode})

    (first,) = request_waybills([wanted("P1", carrier)])
    (found,) = HttpGateway().find([wanted("P1", carrier)])
    (again,) = request_waybills([wanted("P1", carrier)])

    assert isinstance(first, CarrierUnknown)
    done = mode in ("drop_after", "bad_body")
    if done:
        assert isinstance(found, WaybillGrant)
        assert again.waybill_no == found.waybill_no
    else:
        assert isinstance(found, CarrierRefusal) and found.code == "not_found"
    assert isinstance(again, WaybillGrant)
    assert len(ask("waybills")) == 1


@pytest.mark.parametrize("carrier", CARRIERS)
def test_silence_after_the_deed_is_found_by_reference(carrier, tell, monkeypatch):
    monkeypatch.setattr(http, "TIMEOUT", (1.0, 0.3))
    tell("faults", {"path": PATHS[carrier], "mode": "slow_after", "seconds": 1.0})

    (first,) = request_waybills([wanted("P1", carrier)])
    monkeypatch.setattr(http, "TIMEOUT", (1.0, 5.0))
    (found,) = HttpGateway().find([wanted("P1", carrier)])

    assert isinstance(first, CarrierUnknown)
    assert isinstance(found, WaybillGrant)


def test_a_fault_on_one_parcel_leaves_the_others_alone(tell):
    tell("faults", {"path": "/std/service", "mode": "drop_after", "match": "P3"})

    answers = request_waybills([wanted(f"P{index}", "SF") for index in range(6)])

    assert [isinstance(answer, WaybillGrant) for answer in answers] == [True, True, True, False, True, True]


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_number_can_be_given_back_once_or_twice(carrier, ask):
    (grant,) = request_waybills([wanted("P1", carrier)])

    assert HttpGateway().cancel([grant]) == [None]
    assert HttpGateway().cancel([grant]) == [None]
    assert ask("waybills")[0]["cancelled"] is True


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_wrong_key_is_a_refusal_not_a_riddle(carrier, contracts, ask):
    account = dict(contracts.CARRIER_ACCOUNTS.get(carrier) or contracts.CARRIER_ACCOUNTS["*"])
    contracts.CARRIER_ACCOUNTS = {"*": account | {"secret": "guessed"}}

    (answer,) = request_waybills([wanted("P1", carrier)])

    assert isinstance(answer, CarrierRefusal)
    assert ask("state")["refused"] == 1 and ask("waybills") == []


def test_a_carrier_without_a_contract_refuses_and_nobody_listening_is_unknown(contracts):
    contracts.CARRIER_ACCOUNTS = {"SF": {"office": "sf", "base_url": "http://127.0.0.1:9"}}

    refused, unknown = request_waybills([wanted("P1", "ZTO"), wanted("P2", "SF")])

    assert isinstance(refused, CarrierRefusal) and refused.code == "no_account"
    assert isinstance(unknown, CarrierUnknown)


def test_a_slow_carrier_cannot_hold_a_batch_for_longer_than_its_time(tell, monkeypatch):
    monkeypatch.setattr(gateway, "_BUDGET", 0.5)
    tell("faults", {"path": "/std/service", "mode": "slow", "count": 100, "seconds": 0.3})

    answers = request_waybills([wanted(f"P{index}", "SF") for index in range(60)])

    granted = [answer for answer in answers if isinstance(answer, WaybillGrant)]
    assert 0 < len(granted) < 30
    assert all(isinstance(answer, WaybillGrant | CarrierUnknown) for answer in answers)


def test_many_askers_of_one_reference_share_one_number(ask):
    numbers = []

    def asker():
        numbers.append(request_waybills([wanted("P1", "SF")])[0].waybill_no)

    threads = [threading.Thread(target=asker) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(numbers)) == 1 and len(numbers) == 12
    assert len(ask("waybills")) == 1
