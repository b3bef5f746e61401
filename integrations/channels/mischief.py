"""What goes wrong on the way from a platform, done on purpose: duplicates, reordering, tampering and poison.

Genuine messages are never lost to it: a tampered or poisoned body is an extra one, so that what must arrive still does.
"""

import json
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Any

from integrations.channels.purchases import Message

_SHARE = {"duplicate": 0.10, "tamper": 0.05, "poison": 0.03}
_REORDER_REACH = 12  # places a message may move
_COUNT = re.compile(r"(?:.*_)?(?:num|qty|quantity)|itemTotal")  # what platforms call a number of units


class Fault(StrEnum):
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    TAMPER = "tamper"
    POISON = "poison"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message on its way; `tampered` means its body is changed after it was signed."""

    message: Message
    tampered: bool = False
    poisoned: bool = False


def disturb(messages: Sequence[Message], faults: Collection[Fault], rng: Random) -> list[Parcel]:
    """`messages` with the given faults mixed in, in the order they should be sent."""
    parcels: list[Parcel] = []
    for message in messages:
        parcels.append(Parcel(message))
        if Fault.DUPLICATE in faults and rng.random() < _SHARE["duplicate"]:
            parcels.append(Parcel(message))
        if Fault.TAMPER in faults and rng.random() < _SHARE["tamper"]:
            parcels.append(Parcel(message, tampered=True))
        if Fault.POISON in faults and rng.random() < _SHARE["poison"]:
            parcels.append(Parcel(poison(message, rng), poisoned=True))
    if Fault.REORDER in faults:
        places = [(index + rng.uniform(0, _REORDER_REACH), index) for index in range(len(parcels))]
        parcels = [parcels[index] for _, index in sorted(places)]
    return parcels


def tamper(body: bytes) -> bytes:
    """The body with one digit changed: still JSON, no longer what was signed."""
    for place in range(len(body) - 1, -1, -1):
        digit = body[place]
        if 0x30 <= digit <= 0x39:
            return body[:place] + bytes([0x30 + (digit - 0x30 + 1) % 10]) + body[place + 1 :]
    return body + b" "


def poison(message: Message, rng: Random) -> Message:
    """The message made undigestible; it will be signed all the same. Some cannot be parsed, some only not be mapped."""
    recipe = rng.choice(_RECIPES)
    delivery_id = f"{message.delivery_id[:-6]}{rng.randrange(10**6):06d}"
    return replace(message, body=recipe(message), delivery_id=delivery_id)


def _cut_off(message: Message) -> bytes:
    return message.body[: len(message.body) * 2 // 3]


def _not_a_number(message: Message) -> bytes:
    return b'{"extra":NaN,' + message.body[1:]


def _half_surrogate(message: Message) -> bytes:
    return b'{"extra":"\\ud800",' + message.body[1:]


def _without_number(message: Message) -> bytes:
    """Wherever the order's number stands there is nothing."""
    return _rewrite(message.body, lambda name, value: None if str(value) == message.order_no else value)


def _negative_count(message: Message) -> bytes:
    return _rewrite(message.body, lambda name, value: -1 if _COUNT.fullmatch(name) else value)


_RECIPES = (_cut_off, _not_a_number, _half_surrogate, _without_number, _negative_count)


def _rewrite(body: bytes, change: Callable[[str, Any], Any]) -> bytes:
    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: walk(change(name, value)) for name, value in node.items()}
        return [walk(entry) for entry in node] if isinstance(node, list) else node

    return json.dumps(walk(json.loads(body)), ensure_ascii=False).encode()
