"""TOP and 奇门 signatures: MD5 or HMAC over sorted parameters, upper-case hex; a pushed body joins as raw bytes."""

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from integrations.channels.adapter import BadSignature, Push
from integrations.channels.fields import CHINA
from integrations.channels.purchases import Message, MessageKind
from integrations.channels.signatures import check_any, check_window, md5_upper, require, require_secrets, sorted_pairs

WINDOW = timedelta(minutes=10)
_TIME = "%Y-%m-%d %H:%M:%S"
_METHODS = {
    MessageKind.REFUND: "qimen.onerope.refund.notify",
    MessageKind.ORDER: "qimen.onerope.trade.notify",
    MessageKind.CANCELLATION: "qimen.onerope.trade.notify",
}


def top_sign(params: Mapping[str, str], secret: str, body: bytes = b"") -> str:
    """Signature of `params` (`sign_method` md5, hmac or hmac-sha256; md5 when absent) and, for a push, its raw body."""
    return digest(sorted_pairs(params) + body, secret, params.get("sign_method", "md5").lower())


def digest(data: bytes, secret: str, method: str) -> str:
    """The three ways TOP signs bytes; raises BadSignature for a fourth."""
    key = secret.encode()
    if method == "md5":
        return md5_upper(key + data + key)
    if method in ("hmac", "hmac-sha256"):
        return hmac.digest(key, data, "md5" if method == "hmac" else "sha256").hex().upper()
    raise BadSignature(f"unknown sign_method {method[:20]!r}")


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless the query's `sign` fits one of `secrets` and `timestamp` is within ten minutes."""
    require_secrets(secrets)
    given = require(push.query.get("sign"), "sign").upper()
    check_any(given, [top_sign(push.query, secret, push.body) for secret in secrets if secret])
    check_window(parse_time(push.query.get("timestamp", "")), now, WINDOW)


def parse_time(value: str) -> datetime:
    """`yyyy-MM-dd HH:mm:ss`, GMT+8; raises BadSignature `timestamp_missing`."""
    try:
        return datetime.strptime(value, _TIME).replace(tzinfo=CHINA)
    except ValueError as exc:
        raise BadSignature("timestamp is missing or unreadable", code="timestamp_missing") from exc


def format_time(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(_TIME)


def sign(message: Message, secret: str, now: datetime) -> Push:
    """The push 奇门 would make of `message`."""
    query = {
        "app_key": "23000000",
        "method": _METHODS[message.kind],
        "format": "json",
        "v": "2.0",
        "sign_method": "md5",
        "timestamp": format_time(now),
    }
    query["sign"] = top_sign(query, secret, message.body)
    return Push(message.body, {"content-type": "application/json;charset=utf-8"}, query)
