"""The only module of the package that knows Django."""

from typing import Any

from django.conf import settings
from django.db.backends.postgresql import base

from core.embedded import discover


class DatabaseWrapper(base.DatabaseWrapper):
    """A command that never asks for a connection never starts a server."""

    def get_connection_params(self) -> dict[str, Any]:
        params: dict[str, Any] = super().get_connection_params()
        stack = discover.ensure(settings.VAR_DIR)
        if stack.postgres in stack.servers:
            params["port"] = stack.postgres.port  # it may have moved since the settings were read
        return params
