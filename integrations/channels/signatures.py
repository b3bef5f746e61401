"""What every signature check needs: constant-time comparison against several live secrets, and time windows."""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from integrations.channels.adapter import BadSignature


def require(value: str | None, name: str) -> str:
    """The header or parameter; raises BadSignature `signature_missing` without one."""
    if not value:
        raise BadSignature(f"{name} is missing", code="signature_missing")
    return value


def require_secrets(secrets: Sequence[str]) -> None:
    if not any(secrets):
        raise BadSignature("the shop has no live secret", code="no_secret")


def check_any(given: str | Sequence[str], expected: Iterable[str]) -> None:
    """Raise BadSignature unless one of `given` equals one of `expected`. Every pair is compared, so that the time
    taken tells nothing about which secret or position matched."""
    offers = [given.encode()] if isinstance(given, str) else [one.encode() for one in given]
    found = False
    for want in expected:
        for offer in offers:
            found |= hmac.compare_digest(want.encode(), offer)
    if not found:
        raise BadSignature("the signature does not match", code="signature_mismatch")


def check_window(sent: datetime, now: datetime, tolerance: timedelta) -> None:
    """Refuse a message older or newer than `tolerance`: an old one may be a replay."""
    if abs(now - sent) > tolerance:
        raise BadSignature("the timestamp is too far from now", code="timestamp_out_of_window")


def hmac_base64(secret: str | bytes, body: bytes) -> str:
    """base64(HMAC-SHA256(secret, body))."""
    key = secret.encode() if isinstance(secret, str) else secret
    return base64.b64encode(hmac.digest(key, body, "sha256")).decode()


def sorted_pairs(params: Mapping[str, str | bytes]) -> bytes:
    """`k1v1k2v2…` in ASCII order of the names, without `sign` and blanks: what TOP and JOS sign."""
    names = sorted(name for name, value in params.items() if name and name != "sign" and value)
    return b"".join(_bytes(part) for name in names for part in (name, params[name]))


def _bytes(part: str | bytes) -> bytes:
    return part.encode("utf-8", "surrogateescape") if isinstance(part, str) else part


def md5_upper(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest().upper()  # the platforms' choice, not ours


def digest_key(*parts: str | bytes) -> str:
    """A short stable delivery key for platforms that number nothing."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(part.encode() if isinstance(part, str) else part)
        sha.update(b"\0")
    return sha.hexdigest()


def bounded(key: str) -> str:
    """`key` as it is while it fits the inbox column, else its digest."""
    return key if len(key) <= 180 else digest_key(key)
