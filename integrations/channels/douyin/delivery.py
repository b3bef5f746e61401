"""How Douyin's pushes are told apart and answered."""

import json

from integrations.channels.adapter import STATUS_OF, Answer, Outcome, Push
from integrations.channels.signatures import digest_key

_FAILURES = {
    Outcome.BAD_SIGNATURE: (40003, "签名错误"),
    Outcome.UNREADABLE: (40041, "解析推送数据失败"),
    Outcome.TOO_LARGE: (40041, "推送数据过大"),
    Outcome.UNKNOWN_SHOP: (40004, "未知店铺"),
    Outcome.UNAVAILABLE: (50000, "系统繁忙，请重发"),
}


def delivery_key(push: Push) -> str:
    """Each message in the body has its `msg_id`, unchanged on a retry: the same body is the same delivery."""
    return digest_key(push.body)


def context(push: Push) -> dict[str, str]:
    """Nothing beside the body is needed: each message names its `tag`."""
    return {}


def answer(outcome: Outcome) -> Answer:
    """`{"code":0,"msg":"success"}`; anything else is sent again."""
    code, msg = _FAILURES.get(outcome, (0, "success"))
    return Answer(STATUS_OF[outcome], json.dumps({"code": code, "msg": msg}, ensure_ascii=False).encode())
