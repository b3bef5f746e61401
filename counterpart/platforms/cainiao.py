"""菜鸟电子面单 behind TOP. One bad parcel fails the whole call, as it does there."""

import json
from typing import Any

from counterpart.carriers import BAD_PLACE
from counterpart.journal import Entry
from counterpart.world import World

Form = dict[str, str]
_BACK = {"HTKY": "JTSD", "DBKD": "DBL"}


def _get(world: World, form: Form) -> dict[str, Any]:
    wanted = json.loads(form.get("param_waybill_cloud_print_apply_new_request", "{}"))
    parcels = wanted.get("trade_order_info_dtos", [])
    if not 0 < len(parcels) <= 10:
        return _error("isv.param-error", "请求面单数量超过限制")
    for parcel in parcels:
        address = parcel.get("recipient", {}).get("address", {})
        if BAD_PLACE in address.get("detail", "") or not address.get("province"):
            return _error("isv.address-unreachable", f"收件地址不可达: {parcel.get('object_id')}")
    carrier = _BACK.get(wanted["cp_code"], wanted["cp_code"])
    entries = [
        world.issue(parcel["object_id"], carrier, parcel["recipient"]["address"], "cainiao") for parcel in parcels
    ]
    return {
        "cainiao_waybill_ii_get_response": {"modules": {"waybill_cloud_print_response": list(map(_print, entries))}}
    }


def _query(world: World, form: Form) -> dict[str, Any]:
    rows = []
    for asked in json.loads(form.get("param_list", "[]")):
        known = world.waybills.get(asked.get("object_id", ""))
        row = {"object_id": asked.get("object_id"), "success": known is not None}
        found = {"waybill_cloud_print_response": _print(known)} if known else {"error_message": "没有查询到面单信息"}
        rows.append(row | found)
    modules = {"waybill_cloud_print_with_result_desc_response": rows}
    return {"cainiao_waybill_ii_query_by_tradecode_response": {"modules": modules}}


def _cancel(world: World, form: Form) -> dict[str, Any]:
    entry = world.by_number.get(form.get("waybill_code", ""))
    if entry is None:
        return _error("isv.waybill-not-exist", "面单号不存在")
    if entry["cancelled"]:
        return _error("isv.waybill-cancelled", "面单号已取消")
    world.cancel(entry["reference"])
    return {"cainiao_waybill_ii_cancel_response": {"cancel_result": True}}


METHODS = {
    "cainiao.waybill.ii.get": _get,
    "cainiao.waybill.ii.query.by.tradecode": _query,
    "cainiao.waybill.ii.cancel": _cancel,
}


def _print(entry: Entry) -> dict[str, Any]:
    routing = {
        "consolidation": {"name": entry["package_center"], "code": entry["package_center"][-2:]},
        "origin": {"code": "755001"},
        "sortation": {"name": entry["city"]},
        "routeCode": entry["sort_code"],
    }
    data = {
        "cpCode": entry["carrier"],
        "needEncrypt": False,
        "routingInfo": routing,
        "waybillCode": entry["waybill_no"],
    }
    printed = {
        "data": data,
        "signature": "MD:c2FtcGxl",
        "templateURL": "http://cloudprint.cainiao.com/template/standard/101",
    }
    return {
        "object_id": entry["reference"],
        "waybill_code": entry["waybill_no"],
        "cp_code": entry["carrier"],
        "print_data": json.dumps(printed, ensure_ascii=False),
    }


def _error(sub_code: str, sub_message: str) -> dict[str, Any]:
    return {
        "error_response": {
            "code": 15, "msg": "Remote service error", "sub_code": sub_code, "sub_msg": sub_message,
        }
    }  # fmt: skip
