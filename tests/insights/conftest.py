import pytest
from django.contrib.auth.models import Group, User

from core.models import UserScope
from core.services.roles import sync_roles


@pytest.fixture
def ops(db, client):
    sync_roles()
    user = User.objects.create_user("boss", password="x")
    user.groups.set(Group.objects.filter(name="ops"))
    UserScope.objects.create(user=user, all_shops=True, all_warehouses=True)
    client.force_login(user)
    return client
