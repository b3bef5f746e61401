"""Where this process finds its database, broker and secrets: the environment first, else the embedded servers.

`services` only reads (and on the very first call makes) small files, so every command may call it. Servers are started
by `ensure`, which the embedded database backend calls when a first connection is wanted: a command that needs no
database never starts one.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from core.embedded import ports
from core.embedded.credentials import credentials
from core.embedded.errors import StackError
from core.embedded.home import Home
from core.embedded.postgres import APP, OWNER
from core.embedded.process import Record
from core.embedded.stack import Stack

PLAIN_ENGINE = "django.db.backends.postgresql"
EMBEDDED_ENGINE = "core.embedded.backend"
# Set for the children of `devstack up`: their parent alone starts and stops servers.
SUPERVISED = "ONEROPE_SUPERVISED"

_made: dict[Path, Stack] = {}


@dataclass(frozen=True)
class Services:
    """`vault_keys` is {key id: 32 bytes}; `engine` is the Django database backend that goes with the URLs."""

    database_url: str
    database_owner_url: str
    redis_url: str
    counterpart_url: str
    web_url: str
    secret_key: str
    vault_keys: dict[str, bytes]
    engine: str


def services(root: Path) -> Services:
    """What `root` (var/) and the environment say; StackError when the folder is not ours to use."""
    refuse_in_production()
    home = Home(root)
    made = credentials(home)
    servers = stack(root)
    database = os.environ.get("DATABASE_URL")
    web = Record.load(home, "web")
    return Services(
        database_url=database or servers.postgres.url(APP),
        database_owner_url=os.environ.get("DATABASE_OWNER_URL") or database or servers.postgres.url(OWNER),
        redis_url=os.environ.get("REDIS_URL") or servers.valkey.url(),
        counterpart_url=f"http://{ports.LOOPBACK}:{ports.allotted(home)['counterpart']}",
        web_url=f"http://{ports.LOOPBACK}:{web.port if web else os.environ.get('PORT', '8000')}",
        secret_key=os.environ.get("SECRET_KEY") or made.secret_key,
        vault_keys=made.vault_keys,
        engine=EMBEDDED_ENGINE if servers.servers else PLAIN_ENGINE,
    )


def ensure(root: Path) -> Stack:
    """Start what does not run and keep it up for this process."""
    servers = stack(root)
    if SUPERVISED not in os.environ:
        servers.use()
    return servers


def refuse_in_production() -> None:
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith("production"):
        raise StackError("embedded servers are for development", "set DATABASE_URL and REDIS_URL")


def stack(root: Path) -> Stack:
    """The one `Stack` of this process for `root`, without what the environment replaces."""
    if root not in _made:
        _made[root] = Stack(Home(root), postgres="DATABASE_URL" not in os.environ, valkey="REDIS_URL" not in os.environ)
    return _made[root]
