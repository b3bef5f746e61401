import pytest
from django.contrib.auth.models import Group, User

from core.models import UserScope
from core.services.roles import sync_roles
from tests.oms.trade import Trade


@pytest.fixture
def trade(db):
    return Trade()


@pytest.fixture
def log_in(trade, client):
    sync_roles()

    def as_role(role, **scope):
        user = User.objects.create_user(f"{role}{User.objects.count()}")
        user.groups.add(Group.objects.get(name=role))
        UserScope.objects.create(user=user, **(scope or {"all_shops": True, "all_warehouses": True}))
        client.force_login(user)
        return client

    return as_role
