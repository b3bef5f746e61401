"""The navigation, filled by each app's `handlers`; shown per permission."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class NavItem:
    """`order` sorts it; `permission` is a code of core.permissions; `icon` a symbol of the icon sprite."""

    order: int
    label: Any
    url_name: str
    icon: str
    permission: str


_items: dict[str, NavItem] = {}


def add(order: int, label: Any, url_name: str, icon: str, permission: str) -> None:
    _items[url_name] = NavItem(order, label, url_name, icon, permission)


def visible_to(user: AbstractBaseUser | AnonymousUser, path: str) -> list[dict[str, Any]]:
    """Entries the user may open, in order, the one that `path` belongs to marked `active`."""
    result = []
    for item in sorted(_items.values(), key=lambda entry: entry.order):
        if not user.is_active or not user.has_perm(f"core.{item.permission}"):  # type: ignore[union-attr]
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        active = path == url or (url != "/" and path.startswith(url))
        result.append({"label": item.label, "url": url, "icon": item.icon, "active": active})
    return result
