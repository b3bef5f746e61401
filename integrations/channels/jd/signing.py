"""JOS signatures: MD5 over sorted parameters, the JSON text among them as `360buy_param_json`, upper-case hex.

JD publishes no HTTP push: its messages are polled or come through a relay in JD's cloud. Ours posts the JSON as the raw
body and signs it the way every JOS call is signed, so one check serves both directions.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from integrations.channels.adapter import BadSignature, Push
from integrations.channels.fields import CHINA
from integrations.channels.purchases import Message
from integrations.channels.signatures import check_any, check_window, md5_upper, require, require_secrets, sorted_pairs

WINDOW = timedelta(minutes=6)
PAYLOAD = "360buy_param_json"
_TIME = "%Y-%m-%d %H:%M:%S"


def jos_sign(params: Mapping[str, str | bytes], secret: str) -> str:
    """MD5(secret + k1v1k2v2… + secret) of all `params` but `sign`."""
    key = secret.encode()
    return md5_upper(key + sorted_pairs(params) + key)


def verify(push: Push, secrets: Sequence[str], now: datetime) -> None:
    """Raise BadSignature unless the query's `sign` fits one of `secrets` and `timestamp` is within six minutes."""
    require_secrets(secrets)
    given = require(push.query.get("sign"), "sign").upper()
    params: dict[str, str | bytes] = {**push.query, PAYLOAD: push.body}
    check_any(given, [jos_sign(params, secret) for secret in secrets if secret])
    check_window(_parse_time(push.query.get("timestamp", "")), now, WINDOW)


def _parse_time(value: str) -> datetime:
    try:
        return datetime.strptime(value, _TIME).replace(tzinfo=CHINA)
    except ValueError as exc:
        raise BadSignature("timestamp is missing or unreadable", code="timestamp_missing") from exc


def format_time(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime(_TIME)


def sign(message: Message, secret: str, now: datetime) -> Push:
    """The push the relay would make of `message`."""
    query = {"app_key": "JD0000000000", "method": message.topic, "v": "2.0", "timestamp": format_time(now)}
    query["sign"] = jos_sign({**query, PAYLOAD: message.body}, secret)
    return Push(message.body, {"content-type": "application/json;charset=utf-8"}, query)
