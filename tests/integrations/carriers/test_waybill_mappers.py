"""What carriers' answers mean: a number, a no, or nothing certain."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest

from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, Party, WaybillGrant, WaybillRequest
from integrations.carriers.waybills import cainiao, generic, sf
from integrations.carriers.waybills.office import Account
from integrations.http import Reply

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HERE = Party("晴川家居", "4000000000", "广东省", "深圳市", "宝安区", "3 栋")
THERE = Party("王小明", "13812345678", "浙江省", "杭州市", "余杭区", "969 号", town="仓前街道")
REQUEST = WaybillRequest("P1-1", "SF", HERE, THERE, 850, ("O1",), (("茶壶", 1),))
ACCOUNT = Account("sf", "http://x", "PARTNER", "check", "session", "7551234567")


def form(call):
    return {name: values[0] for name, values in parse_qs(call.body.decode()).items()}


def sf_reply(data, code="A1000"):
    packed = data if data is None or isinstance(data, str) else json.dumps(data)
    return Reply(200, json.dumps({"apiResultCode": code, "apiErrorMsg": "why", "apiResultData": packed}).encode())


def sf_done(**message):
    return sf_reply({"success": True, "errorCode": "S0000", "msgData": message})


def top(value):
    return Reply(200, json.dumps(value).encode())


def test_sf_signs_what_java_would_encode():
    assert sf.digest('{"a":"b c~*中"}', "1700000000000", "check") == "OSz63kfdggtUFVIAvbvLaA=="


def test_sf_gets_names_weight_and_card():
    sent = form(sf.ask([REQUEST], ACCOUNT, NOW))
    order = json.loads(sent["msgData"])

    assert (sent["partnerID"], sent["serviceCode"]) == ("PARTNER", "EXP_RECE_CREATE_ORDER")
    assert sent["timestamp"] == "1795420800000"
    assert sent["msgDigest"] == sf.digest(sent["msgData"], sent["timestamp"], "check")
    assert (order["orderId"], order["monthlyCard"], order["totalWeight"]) == ("P1-1", "7551234567", 0.85)
    assert [contact["contactType"] for contact in order["contactInfoList"]] == [1, 2]
    assert order["contactInfoList"][1]["address"] == "仓前街道969 号"


def test_sf_grants_with_the_label_of_the_route():
    label = {"destRouteLabel": "020W-F0-CK", "destTransferCode": "020W", "twoDimensionCode": "MMM={'k1':'020W'}"}
    reply = sf_done(
        waybillNoInfoList=[{"waybillType": 1, "waybillNo": "SF7444496931331"}],
        filterResult=2,
        routeLabelInfo=[{"code": "1000", "routeLabelData": label}],
    )

    (grant,) = sf.granted([REQUEST], reply)

    assert (grant.waybill_no, grant.sort_code, grant.package_center) == ("SF7444496931331", "020W-F0-CK", "020W")
    assert grant.raw == {"twoDimensionCode": "MMM={'k1':'020W'}"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (sf_done(filterResult=3, remark="1"), CarrierRefusal),
        (sf_reply({"success": False, "errorCode": "1016", "errorMsg": "收件人电话不能为空"}), CarrierRefusal),
        (sf_reply(None, "A1006"), CarrierRefusal),
        (sf_reply(None, "A1005"), CarrierUnknown),
        (sf_reply({"success": False, "errorCode": "8016", "errorMsg": "重复下单"}), CarrierUnknown),
        (sf_reply({"success": False, "errorCode": "S0003"}), CarrierUnknown),
        (sf_done(waybillNoInfoList=[], filterResult=1), CarrierUnknown),
        (sf_done(), CarrierUnknown),
        (sf_reply("{torn"), CarrierUnknown),
        (sf_reply([1]), CarrierUnknown),
        (Reply(502, b"Bad Gateway"), CarrierUnknown),
        (Reply(200, b"<html>"), CarrierUnknown),
        (Reply(200, b"[]"), CarrierUnknown),
    ],
)
def test_sf_sorts_its_answers(reply, kind):
    (answer,) = sf.granted([REQUEST], reply)

    assert isinstance(answer, kind), answer


@pytest.mark.parametrize(
    ("reply", "found"),
    [
        (sf_reply({"success": False, "errorCode": "20011", "errorMsg": "订单不存在"}), "not_found"),
        (sf_reply({"success": False, "errorCode": "9999", "errorMsg": "参数错误"}), None),
        (sf_reply(None, "A1006"), None),
    ],
)
def test_only_an_order_sf_does_not_have_was_never_placed(reply, found):
    answer = sf.found(REQUEST, reply)

    assert (isinstance(answer, CarrierRefusal) and answer.code) == (found or False)


def test_cainiao_asks_for_many_at_once_and_hides_nobody_it_need_not():
    masked = replace(THERE, name="王**", phone="138****5678", oaid="opaque-1")
    requests = [replace(REQUEST, carrier="JTSD", channel="taobao"), replace(REQUEST, reference="P2", receiver=masked)]

    sent = form(cainiao.ask(requests, ACCOUNT, NOW))
    wanted = json.loads(sent["param_waybill_cloud_print_apply_new_request"])

    assert (sent["method"], sent["session"], wanted["cp_code"]) == ("cainiao.waybill.ii.get", "session", "HTKY")
    first, second = wanted["trade_order_info_dtos"]
    assert (first["object_id"], first["order_info"]) == (
        "P1-1",
        {"order_channels_type": "TB", "trade_order_list": ["O1"]},
    )
    assert "oaid" not in first["recipient"]
    assert (second["recipient"]["oaid"], second["recipient"]["tid"]) == ("opaque-1", "O1")


def test_cainiao_answers_by_object_id_in_any_order():
    routing = {"routeCode": "721-A010-J9 47", "consolidation": {"name": "南阳公司包"}, "sortation": {"name": "南阳"}}
    rows = [
        {"object_id": "P2", "waybill_code": "77002", "print_data": json.dumps({"encryptedData": "AES:x"})},
        {"object_id": "P1-1", "waybill_code": "77001", "print_data": json.dumps({"data": {"routingInfo": routing}})},
    ]
    reply = top({"cainiao_waybill_ii_get_response": {"modules": {"waybill_cloud_print_response": rows}}})
    requests = [REQUEST, replace(REQUEST, reference="P2"), replace(REQUEST, reference="P3")]

    first, second, third = cainiao.granted(requests, reply)

    assert (first.waybill_no, first.sort_code, first.package_center) == ("77001", "721-A010-J9 47", "南阳公司包")
    assert (second.waybill_no, second.sort_code) == ("77002", "")
    assert isinstance(third, CarrierUnknown)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": 15, "sub_code": "isv.address-unreachable", "sub_msg": "不可达"}, CarrierRefusal),
        ({"code": 15, "sub_code": "isp.remote-service-timeout"}, CarrierUnknown),
        ({"code": 7, "msg": "App Call Limited"}, CarrierUnknown),
        ({"code": 25, "msg": "Invalid signature"}, CarrierRefusal),
        ({}, CarrierUnknown),
    ],
)
def test_cainiao_sorts_its_errors(error, kind):
    answers = cainiao.granted([REQUEST, REQUEST], top({"error_response": error}))

    assert [type(answer) for answer in answers] == [kind, kind]


def test_a_lost_cainiao_request_is_found_by_its_object_id():
    row = {"object_id": "P1-1", "success": True, "waybill_cloud_print_response": {"waybill_code": "77001"}}
    envelope = "cainiao_waybill_ii_query_by_tradecode_response"

    def reply(*rows):
        return top({envelope: {"modules": {"waybill_cloud_print_with_result_desc_response": list(rows)}}})

    assert cainiao.found(REQUEST, reply(row)).waybill_no == "77001"
    assert cainiao.found(REQUEST, reply({**row, "object_id": "P9"})).code == "not_found"
    assert isinstance(cainiao.found(REQUEST, top({"error_response": {"code": 25}})), CarrierUnknown)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(201, b'{"waybill_no": "W1"}'), WaybillGrant),
        (Reply(200, b'{"waybill_no": ""}'), CarrierUnknown),
        (Reply(422, b'{"code": "unserved_area", "message": "x"}'), CarrierRefusal),
        (Reply(429, b"{}"), CarrierUnknown),
        (Reply(500, b"{}"), CarrierUnknown),
    ],
)
def test_a_plain_carrier_speaks_in_statuses(reply, kind):
    (answer,) = generic.granted([REQUEST], reply)

    assert isinstance(answer, kind)
