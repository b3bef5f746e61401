"""One HTTP call outward: short timeouts, no redirects, a bounded answer, and only hosts we were told to speak to."""

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests

TIMEOUT = (3.0, 10.0)  # connect, read (s)
_LONGEST = 15.0  # s for a whole answer: a server may drip bytes for ever without a read timing out
_LARGEST = 4 * 1024 * 1024
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Call:
    """A request as it goes on the wire; `path` starts with '/' and is relative to a base URL."""

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """A complete answer. Header names are lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class NoReply(Exception):
    """No complete answer came; the call may have worked all the same."""


class ForbiddenHost(ValueError):
    """The URL is not one we were told to speak to, or not one to send secrets over."""


def check_host(url: str, allowed: Collection[str]) -> None:
    """Refuse every host that is not in `allowed`, addresses with a user part, and plain http except to this machine.

    Raises ForbiddenHost. Whoever can write a URL into a form could otherwise make us call what only we can reach.
    """
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        _ = parts.port
    except ValueError as exc:
        raise ForbiddenHost("not a URL") from exc
    if parts.username or parts.password or not host:
        raise ForbiddenHost("a URL without user and with a host is wanted")
    if host not in {name.lower() for name in allowed}:
        raise ForbiddenHost(f"{host} is not among the configured hosts")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise ForbiddenHost(f"{parts.scheme or 'no scheme'} is not allowed for {host}")


def send(base_url: str, call: Call, session: requests.Session | None = None) -> Reply:
    """Make the call; a redirect is an answer like any other. Raises NoReply. Never call it inside a transaction."""
    speak = session or requests.Session()
    url = base_url.rstrip("/") + call.path
    if urlsplit(url).hostname in _LOOPBACK:
        speak.trust_env = False  # a company proxy does not know our own machine
    until = time.monotonic() + _LONGEST
    try:
        with speak.request(
            call.method, url, params=dict(call.query), data=call.body, headers=dict(call.headers), timeout=TIMEOUT,
            allow_redirects=False, stream=True,
        ) as answer:  # fmt: skip
            body = b""
            for part in answer.iter_content(65536):
                body += part
                if len(body) > _LARGEST or time.monotonic() > until:
                    raise NoReply("the answer is too large or too slow")
            headers = {name.lower(): value for name, value in answer.headers.items()}
            return Reply(answer.status_code, body, headers)
    except requests.RequestException as exc:
        raise NoReply(f"no answer: {type(exc).__name__}") from exc
