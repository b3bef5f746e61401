"""The navigation, filled by each app's `handlers`; shown per permission."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.urls import NoReverseMatch, reverse

User = AbstractBaseUser | AnonymousUser
BADGE_CAP = 100  # a badge counts no further: more than 99 is "many"


@dataclass(frozen=True, slots=True)
class NavItem:
    """`order` sorts it; `permission` is a code of core.permissions; `icon` a symbol of the icon sprite; `badge`
    counts what waits there for the user (at most BADGE_CAP, so that it stays one cheap query)."""

    order: int
    label: Any
    url_name: str
    icon: str
    permission: str
    badge: Callable[[User], int] | None = None


_items: dict[str, NavItem] = {}


def add(
    order: int,
    label: Any,
    url_name: str,
    icon: str,
    permission: str,
    *,
    badge: Callable[[User], int] | None = None,
) -> None:
    _items[url_name] = NavItem(order, label, url_name, icon, permission, badge)


def visible_to(user: User, path: str) -> list[dict[str, Any]]:
    """Entries the user may open, in order; the one that `path` belongs to is `active`; `item` is the NavItem."""
    entries = []
    for item in sorted(_items.values(), key=lambda entry: entry.order):
        if not user.is_active or not user.has_perm(f"core.{item.permission}"):  # type: ignore[attr-defined]
            continue
        try:
            url = reverse(item.url_name)
        except NoReverseMatch:
            continue
        entries.append({"label": item.label, "url": url, "icon": item.icon, "active": False, "item": item})
    around = [e for e in entries if path == e["url"] or (e["url"] != "/" and path.startswith(e["url"]))]
    if around:
        max(around, key=lambda entry: len(entry["url"]))["active"] = True
    return entries


def groups(user: User, path: str) -> list[dict[str, Any]]:
    """The entries in runs of one app each, with the app's name above a run of several, and their badges."""
    found: list[dict[str, Any]] = []
    for entry in visible_to(user, path):
        item: NavItem = entry["item"]
        app = item.url_name.partition(":")[0]
        entry["badge"] = item.badge(user) if item.badge else 0
        if not found or found[-1]["app"] != app:
            found.append({"app": app, "entries": [], "label": ""})
        found[-1]["entries"].append(entry)
    for group in found:
        if len(group["entries"]) > 1 and apps.is_installed(group["app"]):
            group["label"] = apps.get_app_config(group["app"]).verbose_name
    return found
