"""The kit's own pages beside the real ones, and somebody to open them."""

from copy import deepcopy
from pathlib import Path

import pytest
from django.conf import settings as real
from django.contrib.auth.models import Group, User

from core.models import UserScope
from core.services.roles import sync_roles

TEMPLATES = Path(__file__).parent / "templates"


@pytest.fixture(autouse=True)
def gallery_pages(settings):
    templates = deepcopy(real.TEMPLATES)
    templates[0]["DIRS"].append(TEMPLATES)
    settings.TEMPLATES = templates
    settings.ROOT_URLCONF = "tests.web.urls"


@pytest.fixture
def person(db):
    """`person("ops")`: a user of that role who sees every shop and warehouse."""
    sync_roles()

    def make(role, username=""):
        user, made = User.objects.get_or_create(username=username or role)
        if made:
            user.groups.add(Group.objects.get(name=role))
            UserScope.objects.create(user=user, all_shops=True, all_warehouses=True)
        return user

    return make


@pytest.fixture
def ops(person, client):
    """A client that is logged in as operations."""
    client.force_login(person("ops"))
    return client
