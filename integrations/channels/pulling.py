"""Reading a platform's own order list: what to ask and what the answers say. Pure; `integrations.services.pull` speaks.

A list is read by windows of the platform's modification time (to take orders in) or creation time (to count them). Each
row goes to the inbox as the very bytes of its element, so that one bad order in a page is one parked message.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from core.errors import OneRopeError
from integrations.http import Call, Reply

if TYPE_CHECKING:
    from integrations.channels.adapter import Credentials


class PullRefused(OneRopeError):
    """The platform did not give what was asked; `code` is its own word for it where it has one.

    `retry`: asking again may help, after `wait` seconds if it said so. Otherwise a person must look: keys, permissions,
    a number that does not exist.
    """

    code = "refused"
    status = 502

    def __init__(self, message: str, *, code: str, retry: bool = False, wait: float | None = None) -> None:
        super().__init__(message, code=code)
        self.retry, self.wait = retry, wait


@dataclass(frozen=True, slots=True)
class Window:
    """Orders modified (or `created`) from `start` to `end`, both included, on the platform's clock. `brief`: their
    numbers will do."""

    start: datetime
    end: datetime
    created: bool = False
    brief: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """One row of a list. `version` tells it from other versions of the order; without a `body` it must be fetched."""

    order_no: str
    version: str
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Page:
    """One answer. `total` counts the whole window where the platform numbers its pages; `next` names the following page
    where it hands out cursors ('': none); `wait` is how long to hold back before the next call (s)."""

    rows: Sequence[Listed]
    total: int | None = None
    next: str = ""
    wait: float = 0.0


@dataclass(frozen=True, slots=True)
class Puller:
    """One platform's order list.

    list_call(window, page, credentials, now): `page` is '' for the first, then a number from 2 (`page_size` set) or the
        `next` of the page before.
    list_page(reply): raises PullRefused.
    detail_call(order_no, refund_no, credentials, now): the order, or with `refund_no` its refund; None where the
        platform's orders tell of refunds themselves.
    detail_body(reply): the bytes to take in; raises PullRefused.
    longest: the longest window that one question may cover.
    context: what `read` needs beside a pulled body.
    """

    list_call: Callable[[Window, str, "Credentials", datetime], Call]
    list_page: Callable[[Reply], Page]
    detail_call: Callable[[str, str, "Credentials", datetime], Call | None]
    detail_body: Callable[[Reply], bytes]
    longest: timedelta
    page_size: int = 0
    context: Mapping[str, str] = field(default_factory=dict)


def answered(reply: Reply) -> None:
    """Raise PullRefused for what HTTP itself says: 429 and 5xx pass, every other refusal does not."""
    if reply.status == 429 or reply.status >= 500:
        raise PullRefused(f"HTTP {reply.status}", code=str(reply.status), retry=True, wait=_retry_after(reply))
    if reply.status >= 300:
        raise PullRefused(f"HTTP {reply.status}", code=str(reply.status))


def _retry_after(reply: Reply) -> float | None:
    """Seconds (Shopify sends "2.0"); a date is not used by any of the platforms."""
    try:
        return min(max(float(reply.headers.get("retry-after", "")), 0.0), 3600.0)
    except ValueError:
        return None


def document(reply: Reply) -> Any:
    """The JSON of an answer, read leniently: numbers stay text, and what is odd in one order is for `read` to judge."""
    try:
        return _DECODER.decode(_text(reply.body))
    except (ValueError, RecursionError) as exc:
        raise PullRefused("the answer is not JSON", code="bad_answer", retry=True) from exc


def slices(body: bytes, *path: str) -> list[tuple[dict[str, Any], bytes]]:
    """The objects of the array at `path`, each with its bytes as they stand in `body`. No such array: no rows."""
    found = []
    text = _text(body)
    for start, end, value in _elements(text, path, 0):
        if isinstance(value, dict):
            found.append((value, text[start:end].encode("utf-8", "surrogateescape")))
    return found


_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_BLANK = re.compile(r"[ \t\n\r]*")


def _text(body: bytes) -> str:
    return body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def _elements(text: str, path: Sequence[str], at: int) -> list[tuple[int, int, Any]]:
    """(start, end, value) of each element of the array under `path` of the value at `at`."""
    at = _skip(text, at)
    if path:
        inner = _member(text, path[0], at)
        return _elements(text, path[1:], inner) if inner else []
    found: list[tuple[int, int, Any]] = []
    if text[at : at + 1] != "[":
        return found
    at = _skip(text, at + 1)
    while text[at : at + 1] not in ("]", ""):
        value, end = _DECODER.raw_decode(text, at)
        found.append((at, end, value))
        at = _behind(text, end)
    return found


def _member(text: str, name: str, at: int) -> int:
    """Where the value of `name` begins in the object at `at`; 0 when it has none."""
    if text[at : at + 1] != "{":
        return 0
    at = _skip(text, at + 1)
    while text[at : at + 1] == '"':
        key, end = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, end) + 1)  # behind the colon
        if key == name:
            return start
        _value, end = _DECODER.raw_decode(text, start)
        at = _behind(text, end)
    return 0


def _behind(text: str, at: int) -> int:
    """The next element or member after one that ended at `at`: over the comma."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at : at + 1] == "," else at


def _skip(text: str, at: int) -> int:
    blank = _BLANK.match(text, at)
    return blank.end() if blank else at
