"""The three push formats, written from their documents and signed with their carriers' keys."""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlencode

from counterpart import keys
from counterpart.tracking.plan import Step

_CHINA = timezone(timedelta(hours=8))
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
USUAL = {"SF": "sf", "ZTO": "kuaidi100", "YTO": "kuaidi100", "JD": "kuaidi100", "EMS": "kuaidi100"}  # others: kdniao
_COM = {
    "SF": "shunfeng", "ZTO": "zhongtong", "YTO": "yuantong", "STO": "shentong", "YUNDA": "yunda", "JTSD": "jtexpress",
    "JD": "jd", "EMS": "ems", "DBL": "debangwuliu",
}  # fmt: skip
# status -> 快递100 (state, statusCode, word), 快递鸟 (State, StateEx), 顺丰 opCode
_CODES: dict[str, tuple[tuple[str, str, str], tuple[str, str], str]] = {
    "picked_up": (("1", "103", "已揽收"), ("1", "1"), "50"),
    "in_transit": (("0", "1002", "干线"), ("2", "2"), "31"),
    "out_for_delivery": (("5", "5", "派件"), ("2", "202"), "44"),
    "at_locker": (("5", "501", "投柜或驿站"), ("2", "211"), "125"),
    "delivered": (("3", "301", "本人签收"), ("3", "301"), "80"),
    "exception": (("2", "204", "派件异常"), ("4", "405"), "33"),
    "returning": (("6", "6", "退回"), ("4", "407"), "648"),
    "returned": (("4", "4", "退签"), ("4", "406"), "648"),
}
STATUSES = tuple(_CODES)


@dataclass(frozen=True, slots=True)
class Posting:
    """One push as it goes on the wire; `path` is relative to the callback base."""

    path: str
    body: bytes
    content_type: str


def posting(form: str, carrier: str, number: str, steps: Sequence[Step]) -> Posting:
    """The push after the last of `steps`: whole history for the aggregators, only the newest scan for 顺丰."""
    if form == "sf":
        return _sf(number, len(steps), steps[-1])
    return _kuaidi100(carrier, number, steps) if form == "kuaidi100" else _kdniao(carrier, number, steps)


def _kuaidi100(carrier: str, number: str, steps: Sequence[Step]) -> Posting:
    state = _CODES[steps[-1].status][0][0]
    over = steps[-1].status in ("delivered", "returned")
    scans = [
        {
            "time": _time(step.at), "ftime": _time(step.at), "context": step.words, "areaName": step.place,
            "status": _CODES[step.status][0][2], "statusCode": _CODES[step.status][0][1],
        }
        for step in reversed(steps)
    ]  # fmt: skip
    last = {
        "message": "ok", "nu": number, "ischeck": "1" if over else "0", "com": _COM.get(carrier, carrier.lower()),
        "status": "200", "state": state, "data": scans, "condition": "F00", "isLoop": False,
    }  # fmt: skip
    push = {"status": "shutdown" if over else "polling", "billstatus": "got", "message": "", "lastResult": last}
    param = json.dumps(push, ensure_ascii=False)
    sign = hashlib.md5((param + keys.KUAIDI100_SALT).encode(), usedforsecurity=False).hexdigest().upper()
    return Posting("/hooks/carriers/kuaidi100/", urlencode({"sign": sign, "param": param}).encode(), _FORM)


def _kdniao(carrier: str, number: str, steps: Sequence[Step]) -> Posting:
    state, state_ex = _CODES[steps[-1].status][1]
    traces = [
        {
            "AcceptTime": _time(step.at), "AcceptStation": step.words, "Location": step.place, "Remark": "",
            "Action": _CODES[step.status][1][1],
        }
        for step in steps
    ]  # fmt: skip
    parcel: dict[str, Any] = {
        "EBusinessID": keys.KDNIAO_ACCOUNT, "OrderCode": "", "ShipperCode": "YD" if carrier == "YUNDA" else carrier,
        "LogisticCode": number, "Success": True, "Reason": "", "State": state, "StateEx": state_ex, "CallBack": "",
        "Traces": traces,
    }  # fmt: skip
    push = {"EBusinessID": keys.KDNIAO_ACCOUNT, "PushTime": _time(steps[-1].at), "Count": "1", "Data": [parcel]}
    data = json.dumps(push, ensure_ascii=False)
    hexed = hashlib.md5((data + keys.KDNIAO_APP_KEY).encode(), usedforsecurity=False).hexdigest()
    form = {"RequestData": data, "RequestType": "102", "DataSign": base64.b64encode(hexed.encode()).decode()}
    return Posting("/hooks/carriers/kdniao/", urlencode(form).encode(), _FORM)


def _sf(number: str, place: int, step: Step) -> Posting:
    scan = {
        "mailno": number, "acceptAddress": step.place, "reasonName": "", "orderid": "", "acceptTime": _time(step.at),
        "remark": step.words, "opCode": _CODES[step.status][2], "id": f"{number[-12:]}{place:03d}", "reasonCode": "",
    }  # fmt: skip
    body = json.dumps({"Body": {"WaybillRoute": [scan]}}, ensure_ascii=False).encode()
    return Posting(f"/hooks/carriers/sf/?token={keys.SF_TOKEN}", body, "application/json;charset=UTF-8")


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, _CHINA).strftime("%Y-%m-%d %H:%M:%S")
