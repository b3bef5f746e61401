import pytest
from django.contrib.auth.models import Group, User

from core.models import UserScope
from core.services.roles import sync_roles


@pytest.fixture
def staff(db, client):
    """`staff("master")`: a client logged in as staff of that role, who sees every shop and warehouse unless told."""
    sync_roles()

    def log_in(role, superuser=False, **scope):
        user = User.objects.create(username=f"{role}-{User.objects.count()}", is_staff=True, is_superuser=superuser)
        user.groups.add(Group.objects.get(name=role))
        UserScope.objects.create(user=user, **(scope or {"all_shops": True, "all_warehouses": True}))
        client.force_login(user)
        return client

    return log_in
