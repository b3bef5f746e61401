"""The message service (TMC): a topic and ids, the rest is to be fetched."""

import json
from dataclasses import replace

from integrations.channels.fields import mapping
from integrations.channels.purchases import Message, MessageKind
from integrations.channels.signatures import digest_key


def notice(message: Message) -> Message:
    """What the message service says instead of the whole trade or refund in `message`."""
    content: dict[str, object] = {"tid": int(message.order_no), "seller_nick": "示例旗舰店"}
    if message.kind == MessageKind.REFUND:
        refund = mapping(mapping(json.loads(message.body).get("refund_get_response")).get("refund"))
        content |= {"refund_id": int(refund["refund_id"]), "oid": refund["oid"]}
    body = {
        "id": int(digest_key(message.body)[:14], 16),
        "topic": message.topic,
        "content": json.dumps(content, ensure_ascii=False),
        "user_nick": "示例旗舰店",
    }
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    return replace(message, delivery_id=digest_key(raw), body=raw)
