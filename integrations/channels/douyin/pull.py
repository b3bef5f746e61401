"""Reading Douyin's order list: `order.searchList` by update or creation time (epoch seconds), pages from 0, whole
orders in every row."""

import json
from datetime import datetime, timedelta
from typing import Any

from integrations.channels.adapter import Credentials
from integrations.channels.douyin.signing import call_sign, format_time
from integrations.channels.fields import Row, first, mapping, text
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window, answered, document, slices
from integrations.channels.signatures import digest_key
from integrations.http import Call, Reply

PAGE_SIZE = 100
_GOOD = ("0", "10000")


def list_call(window: Window, page: str, credentials: Credentials, now: datetime) -> Call:
    by = "create_time" if window.created else "update_time"
    asked = {
        f"{by}_start": int(window.start.timestamp()),
        f"{by}_end": int(window.end.timestamp()),
        "page": int(page or 1) - 1,
        "size": PAGE_SIZE,
        "order_by": by,
        "order_asc": True,
    }
    return _call("order.searchList", asked, credentials, now)


def list_page(reply: Reply) -> Page:
    said = _data(reply)
    if not text(said.get("total")).isdecimal():
        raise PullRefused("the list has no total", code="bad_answer", retry=True)
    found = [
        Listed(text(row.get("order_id")), digest_key(raw), raw)
        for row, raw in slices(reply.body, "data", "shop_order_list")
    ]
    return Page(found, total=int(text(said["total"])))


def detail_call(order_no: str, refund_no: str, credentials: Credentials, now: datetime) -> Call:
    if refund_no:
        asked = {"aftersale_id": refund_no, "page": 0, "size": 10}
        return _call("afterSale.List", asked, credentials, now)
    return _call("order.orderDetail", {"shop_order_id": order_no}, credentials, now)


def detail_body(reply: Reply) -> bytes:
    said = _data(reply)
    if not (mapping(said.get("shop_order_detail")) or said.get("items")):
        raise PullRefused("nothing in the answer", code="bad_answer", retry=True)
    return reply.body


def _call(method: str, asked: dict[str, Any], credentials: Credentials, now: datetime) -> Call:
    body = json.dumps(asked, sort_keys=True, separators=(",", ":"))
    query = {"method": method, "app_key": credentials.app_key, "timestamp": format_time(now), "v": "2"}
    sign = call_sign({**query, "param_json": body}, credentials.secret)
    query |= {"access_token": credentials.access_token, "sign_method": "hmac-sha256", "sign": sign}
    headers = {"content-type": "application/json;charset=utf-8"}
    return Call("POST", f"/{method.replace('.', '/')}", body.encode(), headers, query)


def _data(reply: Reply) -> Row:
    answered(reply)
    said = mapping(document(reply))
    code, sub_code = first(said, "code", "err_no"), text(said.get("sub_code"))
    if code not in _GOOD:
        # 20000: the platform's own trouble; 80000 and `isv.…limit…`: too many calls
        retry = code == "20000" or sub_code.startswith("isp.") or "limit" in sub_code
        raise PullRefused(first(said, "sub_msg", "msg"), code=sub_code or code or "bad_answer", retry=retry or not code)
    return mapping(said.get("data"))


PULLER = Puller(list_call, list_page, detail_call, detail_body, timedelta(days=7), PAGE_SIZE)
