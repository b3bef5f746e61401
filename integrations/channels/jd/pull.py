"""Reading JD's order list: `jingdong.pop.order.search`, 50 rows a page, at most a month at once, by modification
(`dateType` 0) or creation (1). It lists only the states it is asked for, and none before payment."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from integrations.channels.adapter import Credentials
from integrations.channels.fields import Row, first, flag, mapping, text
from integrations.channels.jd.shipback import PATH
from integrations.channels.jd.signing import PAYLOAD, format_time, jos_sign
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window, answered, document, slices
from integrations.channels.signatures import digest_key
from integrations.http import Call, Reply

PAGE_SIZE = 50
_SEARCH, _RESULT = "jingdong_pop_order_search_responce", "searchorderinfo_result"
_STATES = (
    "WAIT_SELLER_STOCK_OUT,WAIT_SELLER_DELIVERY,SEND_TO_DISTRIBUTION_CENER,DISTRIBUTION_CENTER_RECEIVED,"
    "WAIT_GOODS_RECEIVE_CONFIRM,RECEIPTS_CONFIRM,FINISHED_L,TRADE_CANCELED,LOCKED,PAUSE,POP_ORDER_PAUSE"
)
_FIELDS = (
    "orderId,venderId,orderType,payType,orderTotalPrice,orderSellerPrice,orderPayment,freightPrice,sellerDiscount,"
    "balanceUsed,orderState,orderStateRemark,deliveryType,invoiceInfo,invoiceEasyInfo,vatInfo,orderRemark,venderRemark,"
    "orderStartTime,paymentConfirmTime,orderEndTime,modified,parentOrderId,directParentOrderId,storeId,storeOrder,pin,"
    "orderSource,itemInfoList,consigneeInfo,couponDetailList"
)
_BUSY = {"2", "67"}  # the platform's own services failed


def list_call(window: Window, page: str, credentials: Credentials, now: datetime) -> Call:
    asked = {
        "start_date": format_time(window.start),
        "end_date": format_time(window.end),
        "dateType": 1 if window.created else 0,
        "order_state": _STATES,
        "optional_fields": "orderId" if window.brief else _FIELDS,
        "page": int(page or 1),
        "page_size": PAGE_SIZE,
        "sortType": 1,
    }
    return _call("jingdong.pop.order.search", asked, credentials, now)


def list_page(reply: Reply) -> Page:
    said = mapping(mapping(_said(reply).get(_SEARCH)).get(_RESULT))
    _check(said)
    if not text(said.get("orderTotal")).isdecimal():
        raise PullRefused("the list has no total", code="bad_answer", retry=True)
    found = [
        Listed(text(row.get("orderId")), digest_key(raw), raw)
        for row, raw in slices(reply.body, _SEARCH, _RESULT, "orderInfoList")
    ]
    return Page(found, total=int(text(said["orderTotal"])))


def detail_call(order_no: str, refund_no: str, credentials: Credentials, now: datetime) -> Call | None:
    if refund_no:
        return None
    return _call("jingdong.pop.order.get", {"order_id": order_no, "optional_fields": _FIELDS}, credentials, now)


def detail_body(reply: Reply) -> bytes:
    said = mapping(mapping(_said(reply).get("jingdong_pop_order_get_responce")).get("orderDetailInfo"))
    _check(said)
    if not mapping(said.get("orderInfo")):
        raise PullRefused("no order in the answer", code="bad_answer", retry=True)
    return reply.body


def _call(method: str, asked: dict[str, Any], credentials: Credentials, now: datetime) -> Call:
    params = {
        "method": method,
        "app_key": credentials.app_key,
        "access_token": credentials.access_token,
        "timestamp": format_time(now),
        "v": "2.0",
        PAYLOAD: json.dumps(asked, sort_keys=True, separators=(",", ":")),
    }
    params = {name: value for name, value in params.items() if value}
    params["sign"] = jos_sign(params, credentials.secret)
    headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
    return Call("POST", PATH, urlencode(params).encode(), headers)


def _said(reply: Reply) -> Row:
    answered(reply)
    said = mapping(document(reply))
    if error := mapping(said.get("error_response")):
        code, words = text(error.get("code")), first(error, "zh_desc", "en_desc")
        raise PullRefused(words, code=code, retry=code in _BUSY or "频" in words or "限流" in words)
    return said


def _check(said: Row) -> None:
    """JD's second envelope; `success` is a bool or "true"."""
    result = mapping(said.get("apiResult"))
    if result and not flag(result.get("success")):
        raise PullRefused(first(result, "chineseErrCode", "englishErrCode"), code=first(result, "numberCode"))


PULLER = Puller(list_call, list_page, detail_call, detail_body, timedelta(days=7), PAGE_SIZE)
