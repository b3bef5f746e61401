"""How JD's pushes are told apart and answered."""

import json

from integrations.channels.adapter import STATUS_OF, Answer, Outcome, Push
from integrations.channels.signatures import digest_key

# JOS error codes: 12 invalid signature, 67 system busy, 43 unreadable parameters
_CODES = {
    Outcome.BAD_SIGNATURE: ("12", "无效签名", "Invalid signature"),
    Outcome.UNREADABLE: ("43", "参数无法解析", "Unreadable body"),
    Outcome.TOO_LARGE: ("43", "报文过大", "Body too large"),
    Outcome.UNKNOWN_SHOP: ("19", "未知店铺", "Unknown shop"),
    Outcome.UNAVAILABLE: ("67", "系统繁忙，请重发", "Busy, please send again"),
}


def delivery_key(push: Push) -> str:
    """Nothing is numbered and each retry is signed anew: the body itself is the key."""
    return digest_key(push.body)


def context(push: Push) -> dict[str, str]:
    return {"topic": push.query.get("method", "")[:80]}


def answer(outcome: Outcome) -> Answer:
    """`{"code":"0"}` or JD's `error_response`."""
    said: dict[str, object] = {"code": "0", "success": True}
    if outcome in _CODES:
        code, zh_desc, en_desc = _CODES[outcome]
        said = {"error_response": {"code": code, "zh_desc": zh_desc, "en_desc": en_desc}}
    return Answer(STATUS_OF[outcome], json.dumps(said, ensure_ascii=False).encode())
