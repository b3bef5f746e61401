"""What the platforms' order lists share: whose orders, which fields, cursors."""

import base64
import binascii
import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from counterpart.world import World

Row = dict[str, Any]


def bodies(world: World, platform: str, shop: str) -> list[Any]:
    """The bodies of the shop with app key `shop`; orders that were told without a shop are everybody's."""
    return [
        entry["body"]
        for (name, _number), entry in world.orders.items()
        if name == platform and entry.get("shop", "") in ("", shop)
    ]


def known(world: World, platform: str, shop: str, order_no: str) -> Any:
    """The body of one order of that shop; None for a stranger's or none."""
    entry = world.orders.get((platform, order_no))
    return entry["body"] if entry and entry.get("shop", "") in ("", shop) else None


def only(row: Row, fields: str, always: Collection[str] = ()) -> Row:
    """The asked fields ("a,b"; '' is all) of `row`."""
    wanted = {name.strip() for name in fields.split(",")} | set(always)
    return {name: value for name, value in row.items() if name in wanted} if fields else row


def pack(state: Row) -> str:
    """A cursor: opaque to whoever gets it."""
    return base64.urlsafe_b64encode(json.dumps(state).encode()).decode()


def unpack(cursor: str) -> Row | None:
    """What a cursor stands for; None when it is none of ours."""
    try:
        state = json.loads(base64.urlsafe_b64decode(cursor.encode()))
    except (binascii.Error, ValueError):
        return None
    return state if isinstance(state, dict) else None


def instant(value: Any) -> float:
    """Epoch seconds of an ISO 8601 time, 0 for none."""
    return datetime.fromisoformat(value).timestamp() if isinstance(value, str) and value else 0.0
