"""Make the product's roles (Django groups) hold exactly the permissions that `core.permissions` gives them."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType

from core.models import Access
from core.permissions import ROLES

# Django-admin permissions of the people who maintain data there, by app (they are staff as well).
ADMIN_APPS = {
    "master": ("catalog",),
    "admin": ("auth", "core", "catalog", "inventory", "oms", "aftersales", "finance"),
}


def sync_roles() -> None:
    """Idempotent; run after every migrate."""
    content_type = ContentType.objects.get_for_model(Access, for_concrete_model=False)
    permissions = {p.codename: p for p in Permission.objects.filter(content_type=content_type)}
    for role, codes in ROLES.items():
        group, _created = Group.objects.get_or_create(name=role)
        wanted = [permissions[code] for code in codes]
        wanted += Permission.objects.filter(content_type__app_label__in=ADMIN_APPS.get(role, ()))
        group.permissions.set(wanted)
