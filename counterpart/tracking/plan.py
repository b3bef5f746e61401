"""What happens to a parcel, hour by hour."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

# status, hours after the hand-over, what the scan says ({city} is the destination)
_USUAL = (
    ("picked_up", 0.5, "【发货网点】快件已揽收"),
    ("in_transit", 3, "快件离开【发货转运中心】，已发往【{city}转运中心】"),
    ("in_transit", 14, "快件到达【{city}转运中心】"),
    ("in_transit", 22, "快件到达【{city}营业点】"),
    ("out_for_delivery", 24, "【{city}营业点】正在派送途中，请您准备签收"),
    ("delivered", 28, "您的快件已签收，签收人凭取货码签收"),
)
_TROUBLE = (
    ("exception", 26, "派件异常：收件人要求改日派送"),
    ("out_for_delivery", 30, "【{city}营业点】再次派送，请您准备签收"),
    ("delivered", 33, "您的快件已签收，本人签收"),
)
_LOCKER = (
    ("at_locker", 26, "快件已存放至【{city}】驿站，请凭取件码领取"),
    ("delivered", 32, "您的快件已签收，驿站签收"),
)
_WORDS = {status: words for status, _hours, words in (*_LOCKER, *_TROUBLE, *_USUAL)} | {
    "returning": "快件退回中，已发往寄件地",
    "returned": "退回件已由寄件人签收",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One scan: `at` is epoch seconds."""

    status: str
    at: float
    words: str
    place: str


def usual(city: str, start: float, speed: float, trouble: float, rng: Random) -> list[Step]:
    """The ordinary journey, `speed` times as fast as life; with probability `trouble` it meets some."""
    course: list[tuple[str, float, str]] = list(_USUAL)
    luck = rng.random()
    if luck < trouble:
        course[-1:] = _TROUBLE
    elif luck > 0.85:
        course[-1:] = _LOCKER
    jitter = rng.uniform(0.9, 1.2)
    return [_step(status, start + hours * 3600 * jitter / speed, words, city) for status, hours, words in course]


def asked(rows: Sequence[str | Mapping[str, Any]], city: str, start: float) -> list[Step]:
    """A journey as a caller spells it: status names a second apart, or {"status", "after_s", "text"}."""
    steps = []
    for index, row in enumerate(rows):
        given = {"status": row} if isinstance(row, str) else dict(row)
        words = given.get("text") or _WORDS[given["status"]]
        steps.append(_step(given["status"], start + float(given.get("after_s", index)), words, city))
    return steps


def _step(status: str, at: float, words: str, city: str) -> Step:
    place = "" if status == "picked_up" else city
    return Step(status, round(at, 3), words.format(city=city or "目的地"), place)
