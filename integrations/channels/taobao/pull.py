"""Reading Taobao's trade list. `taobao.trades.sold.increment.get` goes by modification, at most a day at once;
`taobao.trades.sold.get` by creation. Both leave out much of a trade, so that each is fetched whole."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from integrations.channels.adapter import Credentials
from integrations.channels.fields import Row, first, mapping, rows, text
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window, answered, document
from integrations.channels.taobao.shipback import PATH
from integrations.channels.taobao.signing import format_time, top_sign
from integrations.http import Call, Reply

PAGE_SIZE = 100
_LIMITED = {"4", "5", "6", "7", "8"}  # user, session, partner, app calls limited; calls too frequent
_BUSY = {"10", "15"}  # service unavailable; remote service error, unless its sub_code puts it to us (isv.)
_BAN = re.compile(r"ban will last for (\d+) more second")
_TRADE_FIELDS = (
    "tid,tid_str,type,status,seller_nick,buyer_nick,buyer_open_uid,created,modified,pay_time,consign_time,end_time,"
    "payment,post_fee,total_fee,discount_fee,adjust_fee,platform_subsidy_fee,coupon_fee,step_trade_status,step_paid_fee,"
    "shipping_type,trade_from,seller_flag,seller_memo,buyer_message,receiver_name,receiver_state,receiver_city,"
    "receiver_district,receiver_town,receiver_address,receiver_zip,receiver_mobile,receiver_phone,receiver_country,oaid,"
    "is_sh_ship,forbid_consign,top_hold,trade_attr,is_force_wlb,no_shipping,shop_pick,o2o_delivery,is_part_consign,"
    "promotion_details,service_orders,orders"
)
_REFUND_FIELDS = (
    "refund_id,tid,oid,status,order_status,good_status,has_good_return,refund_fee,payment,total_fee,reason,desc,num,"
    "created,modified,company_name,sid,refund_phase,refund_version,dispute_type"
)


def list_call(window: Window, page: str, credentials: Credentials, now: datetime) -> Call:
    by = "created" if window.created else "modified"
    asked = {
        "method": "taobao.trades.sold.get" if window.created else "taobao.trades.sold.increment.get",
        "fields": "tid,tid_str,modified",
        f"start_{by}": format_time(window.start),
        f"end_{by}": format_time(window.end),
        "page_no": page or "1",
        "page_size": str(PAGE_SIZE),
        "use_has_next": "false",  # the total is wanted: pages are read from the last to the first
    }
    return _call(asked, credentials, now)


def list_page(reply: Reply) -> Page:
    said = _said(reply, "trades_sold_increment_get_response", "trades_sold_get_response")
    if not text(said.get("total_results")).isdecimal():
        raise PullRefused("the list has no total", code="bad_answer", retry=True)
    found = [
        Listed(first(row, "tid_str", "tid"), text(row.get("modified"))) for row in rows(said.get("trades"), "trade")
    ]
    return Page(found, total=int(text(said["total_results"])))


def detail_call(order_no: str, refund_no: str, credentials: Credentials, now: datetime) -> Call:
    if refund_no:
        asked = {"method": "taobao.refund.get", "refund_id": refund_no, "fields": _REFUND_FIELDS}
    else:
        asked = {"method": "taobao.trade.fullinfo.get", "tid": order_no, "fields": _TRADE_FIELDS}
    return _call(asked, credentials, now)


def detail_body(reply: Reply) -> bytes:
    _said(reply, "trade_fullinfo_get_response", "refund_get_response")
    return reply.body


def _call(asked: Mapping[str, str], credentials: Credentials, now: datetime) -> Call:
    params = {
        **asked,
        "app_key": credentials.app_key,
        "session": credentials.access_token,
        "timestamp": format_time(now),
        "format": "json",
        "v": "2.0",
        "sign_method": "hmac-sha256",
    }
    params = {name: value for name, value in params.items() if value}
    params["sign"] = top_sign(params, credentials.secret)
    headers = {"content-type": "application/x-www-form-urlencoded;charset=utf-8"}
    return Call("POST", PATH, urlencode(params).encode(), headers)


def _said(reply: Reply, *names: str) -> Row:
    """The named envelope of a good answer. TOP answers 200 whatever happened."""
    answered(reply)
    said = mapping(document(reply))
    if error := mapping(said.get("error_response")):
        code, sub_code = text(error.get("code")), text(error.get("sub_code"))
        ban = _BAN.search(first(error, "sub_msg", "msg"))
        retry = code in _LIMITED or sub_code.startswith("isp.") or (code in _BUSY and not sub_code.startswith("isv."))
        raise PullRefused(
            first(error, "sub_msg", "msg"), code=sub_code or code, retry=retry, wait=float(ban[1]) if ban else None
        )
    for name in names:
        if name in said:
            return mapping(said[name])
    raise PullRefused("no known envelope in the answer", code="bad_answer", retry=True)


PULLER = Puller(list_call, list_page, detail_call, detail_body, timedelta(days=1), PAGE_SIZE)
