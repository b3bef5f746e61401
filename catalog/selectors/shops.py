"""Shops and their credentials."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import Shop
from core.services import vault


@dataclass(frozen=True, slots=True)
class ShopAccess:
    """What opens a shop: the live push secrets (any may sign a push), and our credentials for calling its platform."""

    push_secrets: Sequence[str]
    app_key: str = ""
    secret: str = ""
    access_token: str = ""


def by_code(platform: str, code: str) -> Shop | None:
    """The active shop that a hook URL names."""
    return Shop.objects.filter(platform=platform, code=code, is_active=True).first()


def of_platform(platform: str) -> list[Shop]:
    """Its active shops, in code order."""
    return list(Shop.objects.filter(platform=platform, is_active=True).order_by("code"))


def access(shop: Shop) -> ShopAccess:
    """Open the shop's sealed secrets; a shop without any has none that could match."""
    if shop.secrets_record is None:
        return ShopAccess(())
    data = vault.unseal([shop.secrets_record]).get(shop.secrets_record, {})
    secrets = tuple(secret for secret in data.get("push_secrets", "").split("\n") if secret)
    return ShopAccess(secrets, data.get("app_key", ""), data.get("secret", ""), data.get("access_token", ""))
