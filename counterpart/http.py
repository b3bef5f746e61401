"""Requests, responses and the table of routes; the server is in `counterpart.server`."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from counterpart.world import World

JSON = "application/json; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are lower case; `parts` are what the route's pattern named."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    parts: Mapping[str, str] = field(default_factory=dict)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    def json(self) -> Any:
        return json.loads(self.body or b"null")


@dataclass(frozen=True, slots=True)
class Response:
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = JSON


def answer(value: Any, status: int = 200, **headers: str) -> Response:
    """`value` as JSON."""
    return Response(status, json.dumps(value, ensure_ascii=False).encode(), headers)


Route = tuple[str, "re.Pattern[str]", Callable[["World", Request], Response]]


def route(method: str, pattern: str, handle: Callable[["World", Request], Response]) -> Route:
    return method, re.compile(pattern), handle
