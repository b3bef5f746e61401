"""Seal and open receiver data. Nothing outside this module sees a key."""

import base64
import hashlib
import hmac
import json
import os
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from core.errors import NotFound
from core.models import Sealed
from core.services import audit, bulk

_NONCE_BYTES = 12


@lru_cache(maxsize=8)
def _cipher(key_id: str) -> AESGCM:
    return AESGCM(_subkey(key_id, b"seal"))


@lru_cache(maxsize=16)
def _subkey(key_id: str, purpose: bytes) -> bytes:
    """One master key, separate keys per purpose, so that an index tag says nothing about the ciphertext's key."""
    return hmac.new(settings.VAULT_KEYS[key_id], b"onerope:" + purpose, hashlib.sha256).digest()


def _current_key() -> str:
    return next(iter(settings.VAULT_KEYS))


def _index_key() -> str:
    """The oldest key makes the tags: they must stay equal over a rotation of the sealing key."""
    return list(settings.VAULT_KEYS)[-1]


def tag(kind: str, value: str) -> str:
    """Blind-index tag of `value` under `kind` ('phone', 'buyer', 'address' …); '' for an empty value."""
    if not value:
        return ""
    digest = hmac.new(_subkey(_index_key(), b"index"), f"{kind}\x00{value}".encode(), hashlib.sha256).digest()
    return f"{kind}:{base64.urlsafe_b64encode(digest[:18]).decode()}"


def seal(records: Iterable[tuple[Mapping[str, str], Sequence[str]]]) -> list[uuid.UUID]:
    """Encrypt and store many `(data, tags)` in one statement; the ids are the only thing others may keep."""
    key_id = _current_key()
    cipher, ids, rows = _cipher(key_id), [], []
    for data, tags in records:
        record_id, nonce = uuid.uuid4(), os.urandom(_NONCE_BYTES)
        # The row's id is authenticated with it: ciphertext moved to another row does not open.
        sealed = cipher.encrypt(nonce, json.dumps(dict(data), ensure_ascii=False).encode(), record_id.bytes)
        blob = "\\x" + (nonce + sealed).hex()
        ids.append(record_id)
        rows.append({"id": record_id, "key_id": key_id, "ciphertext": blob, "tags": [t for t in tags if t]})
    bulk.insert(Sealed, rows)
    return ids


def unseal(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dict[str, str]]:
    """Open records for the machine's own use (a label, a carrier call). A shredded record is simply absent."""
    opened = {}
    for row in Sealed.objects.filter(id__in=set(ids)):
        blob = bytes(row.ciphertext)
        plain = _cipher(row.key_id).decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], row.id.bytes)
        opened[row.id] = json.loads(plain)
    return opened


def reveal(record_id: uuid.UUID, *, target: str, reason: str) -> dict[str, str]:
    """Open one record for a person: audited with its reason. The caller has checked the permission."""
    data = unseal([record_id]).get(record_id)
    if data is None:
        raise NotFound("the receiver data is gone", code="receiver_gone")
    audit.record("vault.reveal", target, reason=reason)
    return data


def find(tags: Iterable[str]) -> list[uuid.UUID]:
    """Ids of the records that carry any of `tags`."""
    return list(Sealed.objects.filter(tags__overlap=[t for t in tags if t]).values_list("id", flat=True))
