"""Random secrets of one machine, made once and kept in secrets.json (0600)."""

import base64
import secrets
from dataclasses import dataclass

from core.embedded.home import Home

ROLES = ("postgres", "onerope_owner", "onerope_app", "valkey")


@dataclass(frozen=True)
class Credentials:
    """`vault_keys` is {key id: 32 bytes}; `passwords` is by database role, and Valkey's under `valkey`."""

    secret_key: str
    vault_keys: dict[str, bytes]
    passwords: dict[str, str]


def credentials(home: Home) -> Credentials:
    """The secrets of `home`, made on the first call."""
    value = home.read_json("secrets.json")
    if not value:
        home.prepare()
        with home.locked("files"):
            value = home.read_json("secrets.json")
            if not value:
                value = {
                    "secret_key": secrets.token_urlsafe(50),
                    "vault_keys": {"local-1": base64.b64encode(secrets.token_bytes(32)).decode()},
                    # Hexadecimal: it goes into URLs and a server's configuration file without quoting.
                    "passwords": {role: secrets.token_hex(16) for role in ROLES},
                }
                home.write_json("secrets.json", value)
    return Credentials(
        secret_key=value["secret_key"],
        vault_keys={key_id: base64.b64decode(key) for key_id, key in value["vault_keys"].items()},
        passwords=value["passwords"],
    )
