"""What may be shown of bytes that nobody could read: their structure, and the shape of what they say.

Nothing is taken for harmless because it does not look like a name. Values are shown only under keys of a short list,
and only outside of what describes a person; everything else becomes its shape: 张三 is 文文, 138-0013 is 000-0000.
"""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl

LONGEST = 20_000  # characters of a message that are looked at
_DEEPEST = 30
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-\[\]]{0,60}")
_TOKEN = re.compile(r"[A-Za-z0-9_.:+\-/ ]{0,64}")
_PHONE = re.compile(r"1[3-9]\d{9}|\+\d{7,}")
# Keys (without case and punctuation) whose values tell of the order, not of a person.
_PLAIN = frozenset(
    {
        *("tid", "oid", "orderid", "ordersn", "orderno", "ordernumber", "refundid"),
        *("status", "orderstatus", "financialstatus", "fulfillmentstatus", "type", "event", "topic", "method"),
        *("created", "modified", "createdat", "updatedat", "processedat", "createtime", "updatetime", "paytime"),
        *("sku", "skuid", "outerskuid", "outeriid", "productid", "variantid", "quantity", "num", "qty", "currency"),
        *("price", "payment", "totalprice", "totalfee", "total", "amount", "discount"),
        *("errorcode", "subcode", "success", "version"),
    }
)
# Below such a key everything is about somebody.
_PERSON = re.compile(r"addr|receiv|recipient|billing|shipping|customer|buyer|consignee|contact|user|payer|member", re.I)


def shape(text: str) -> str:
    """Digits as 0, Latin letters as x, any other letter as 文; punctuation stays."""
    return "".join("0" if ch.isdigit() else "x" if ch.isascii() and ch.isalpha() else "文" if ch.isalpha() else ch
                   for ch in text)  # fmt: skip


def shown(body: bytes) -> str:
    """A message as people may see it, indented where it is JSON or a form; else its shape, with the keys that stand in
    it."""
    text = body.decode("utf-8", "replace")[:LONGEST]
    value = _parsed(text)
    if value is None and "=" in text and "{" not in text[:1]:
        value = _form(text)
    if value is None:
        return _torn(text)
    return json.dumps(_masked(value), ensure_ascii=False, indent=2)


def said(error: str) -> str:
    """An error's text: quoted values, long digits and anything but Latin words by their shape."""
    hidden = re.sub(r"'[^']*'|\"[^\"]*\"|\S*\d{5,}\S*", lambda found: shape(found.group()), error)
    return "".join(ch if ch.isascii() or not ch.isalpha() else "文" for ch in hidden)


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None


def _form(text: str) -> dict[str, Any] | None:
    pairs = parse_qsl(text, keep_blank_values=True)
    return dict(pairs) if pairs and all(_KEY.fullmatch(key) for key, _value in pairs) else None


def _masked(value: Any, key: str = "", person: bool = False, depth: int = 0) -> Any:
    person = person or bool(_PERSON.search(key))
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, dict):
        return dict(_pairs(value, person, depth))
    if isinstance(value, list):
        return [_masked(one, key, person, depth + 1) for one in value]
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str) and (inner := _parsed(value)) is not None:
        return _masked(inner, key, person, depth + 1)
    text = str(value)
    return text if not person and _is_plain(key, text) else shape(text)


def _pairs(value: dict[str, Any], person: bool, depth: int) -> Iterator[tuple[str, Any]]:
    for number, (key, one) in enumerate(value.items()):
        name = key if _is_key(key) else f"{shape(key)}#{number}"
        yield name, _masked(one, key, person, depth + 1)


def _is_key(key: str) -> bool:
    return bool(_KEY.fullmatch(key)) and not re.search(r"\d{5}", key)


def _is_plain(key: str, text: str) -> bool:
    bare = "".join(ch for ch in key if ch.isalnum()).lower()
    return bare in _PLAIN and bool(_TOKEN.fullmatch(text)) and not _PHONE.fullmatch(text)


def _torn(text: str) -> str:
    """Neither JSON nor a form (cut off, another format): the shape, with what are clearly keys left as they are."""
    parts, at = [], 0
    for found in re.finditer(r'(?<!\\)"([A-Za-z_]\w{0,40})"(?=\s*:)', text):
        parts += [shape(text[at : found.start()]), found.group() if _is_key(found.group(1)) else shape(found.group())]
        at = found.end()
    return "".join([*parts, shape(text[at:])])
