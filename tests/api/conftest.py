import json

import pytest
from django.contrib.auth.models import Group, User

from core.models import UserScope
from core.services.roles import sync_roles
from core.services.tokens import issue
from fulfillment import ports
from tests.fulfillment.floor import Floor

EVERYTHING = {"all_shops": True, "all_warehouses": True}


@pytest.fixture
def floor(db):
    before = ports._gateway
    yield Floor()
    ports._gateway = before


@pytest.fixture
def token(db):
    """`token("ops")`: the secret of a system that acts as that role; everywhere unless told."""
    sync_roles()

    def made(role, **scope):
        user = User.objects.create(username=f"{role}-{User.objects.count()}")
        if role:
            user.groups.add(Group.objects.get(name=role))
        UserScope.objects.create(user=user, **(scope or EVERYTHING))
        return issue(user.username, user)[0]

    return made


@pytest.fixture
def call(client):
    """`call(secret, "post", "/orders/1/hold/", {...}, key="k")` → the response."""

    def made(secret, method, path, body=None, key="", content_type="application/json", **headers):
        headers = {"Accept-Language": "en", **headers}
        if secret:
            headers["Authorization"] = f"Token {secret}"
        if key:
            headers["Idempotency-Key"] = key
        data = body if isinstance(body, bytes | str) else json.dumps(body) if body is not None else ""
        return client.generic(method.upper(), f"/api/v1{path}", data, content_type, headers=headers)

    return made
