"""The one place where bytes from a platform become Python values, and the strict rules they must meet.

Refused with a stable `Unreadable.code`, before anything else looks at them: `empty_body`, `too_large`, `not_utf8`,
`not_json`, `too_deep`, `not_finite` (NaN, Infinity), `number_out_of_range` (1e400, 5,000-digit integers),
`lone_surrogate`, `nul_character`, `duplicate_key` (one name, two different values), `not_an_object`.

Let through with a warning, because real bodies have them and their meaning is not in doubt: `trailing_comma`
(hand-made relays), `repeated_key` (one name, the same value twice), a UTF-8 byte order mark (silently).
Fractions arrive as Decimal: no amount ever passes through a float.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NoReturn

from core.errors import Unreadable

MAX_BYTES = 5 * 1024 * 1024
MAX_DEPTH = 64  # real bodies stay under 12
_MAX_DIGITS = 40
_MAX_EXPONENT = 308  # beyond a double every other reader sees Infinity

_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_FORM = re.compile(r"[a-z0-9_.\[\]-]+=[^\s{}]*(?:&|$)")
# The closing quote is optional so that an unterminated string matches too and hostile text is scanned only once.
_STRING_OR_TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"?|,(?=\s*[\]}])', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A body that met the rules: a dict or list, and what was odd about its form."""

    value: dict[str, Any] | list[Any]
    warnings: tuple[str, ...] = ()


def refuse(code: str, message: str) -> NoReturn:
    """Raise Unreadable with `code`; `message` must not quote the buyer's data."""
    raise Unreadable(message, code=code)


def check_size(size: int) -> None:
    """Refuse more than MAX_BYTES; callable on a Content-Length before the body is read."""
    if size > MAX_BYTES:
        refuse("too_large", f"body of {size} bytes is larger than {MAX_BYTES}")


def parse(body: bytes) -> Parsed:
    """The JSON object or array in `body`; raises Unreadable as listed above."""
    check_size(len(body))
    if not body.strip():
        refuse("empty_body", "the body is empty")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Unreadable(f"not UTF-8 at byte {exc.start}; JSON is UTF-8, never GBK", code="not_utf8") from exc
    if "\x00" in text:
        refuse("nul_character", "the body holds a NUL character")
    value, warnings = _decode(text)
    if not isinstance(value, dict | list):
        refuse("not_an_object", f"a JSON object or array is wanted, not {type(value).__name__}")
    if text.count("{") + text.count("[") > MAX_DEPTH:
        _check_depth(value)
    if _SUSPECT_ESCAPE.search(text):
        _check_characters(value)
    return Parsed(value, tuple(warnings))


def probe(body: bytes) -> None:
    """Only the check: what the hook does before it stores a body."""
    parse(body)


def _decode(text: str) -> tuple[Any, list[str]]:
    warnings: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            _judge_repeats(items, warnings)
        return made

    decoder = json.JSONDecoder(
        object_pairs_hook=pairs, parse_float=_fraction, parse_int=_integer, parse_constant=_constant
    )
    try:
        return _loads(decoder, text), warnings
    except json.JSONDecodeError as first:
        mended = _STRING_OR_TRAILING_COMMA.sub(lambda m: "" if m[0] == "," else m[0], text)
        if mended == text:
            raise Unreadable(
                _what_else(text) or f"not JSON: {first.msg} at character {first.pos}", code="not_json"
            ) from first
        warnings.clear()
        try:
            value = _loads(decoder, mended)
        except json.JSONDecodeError as exc:
            raise Unreadable(f"not JSON: {first.msg} at character {first.pos}", code="not_json") from exc
        return value, ["trailing_comma: not strict JSON, read without the extra comma", *warnings]


def _what_else(text: str) -> str:
    """What a body that is no JSON seems to be, '' for nothing we know."""
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype html", "<html", "<br", "<b>")):
        return "a web page or a PHP notice, not JSON"
    if start.startswith("<"):
        return "XML: ask the platform for format=json"
    if _FORM.match(start):
        return "a form, not JSON: post the message itself as the body"
    return ""


def _loads(decoder: json.JSONDecoder, text: str) -> Any:
    try:
        return decoder.decode(text)
    except RecursionError as exc:
        raise Unreadable("nested too deeply", code="too_deep") from exc


def _judge_repeats(items: list[tuple[str, Any]], warnings: list[str]) -> None:
    seen: dict[str, Any] = {}
    for name, value in items:
        if name in seen and seen[name] != value:
            refuse("duplicate_key", f"{name[:60]!r} is given twice with different values")
        if name in seen:
            warnings.append(f"repeated_key: {name[:60]}")
        seen[name] = value


def _fraction(digits: str) -> Decimal:
    number = Decimal(digits)
    if len(digits) > 400 or abs(number.adjusted()) > _MAX_EXPONENT:
        refuse("number_out_of_range", f"number {digits[:20]} is out of range")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        refuse("number_out_of_range", f"an integer of {len(digits)} digits is out of range")
    return int(digits)


def _constant(name: str) -> NoReturn:
    refuse("not_finite", f"{name} is not a JSON number")


def _check_depth(value: Any) -> None:
    layer = [value]
    for _ in range(MAX_DEPTH):
        layer = [child for node in layer for child in _children(node) if isinstance(child, dict | list)]
        if not layer:
            return
    refuse("too_deep", f"nested deeper than {MAX_DEPTH}")


def _check_characters(value: Any) -> None:
    for text in _strings(value):
        if "\x00" in text:
            refuse("nul_character", "a text holds a NUL character")
        if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
            refuse("lone_surrogate", "a text holds half a surrogate pair")


def _strings(value: Any) -> Iterator[str]:
    stack = [value]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            yield node
        else:
            if isinstance(node, dict):
                stack.extend(node)  # the names too
            stack.extend(_children(node))


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        yield from node.values()
    elif isinstance(node, list):
        yield from node
