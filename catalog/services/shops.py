"""Keep shops' secrets."""

from collections.abc import Sequence

from catalog.models import Shop
from core.services import audit, vault


def set_access(
    shop: Shop, push_secrets: Sequence[str], *, app_key: str = "", secret: str = "", access_token: str = ""
) -> None:
    """Seal a shop's secrets anew; give the old push secret after the new one while a rotation is under way."""
    data = {"push_secrets": "\n".join(push_secrets), "app_key": app_key, "secret": secret, "access_token": access_token}
    [shop.secrets_record] = vault.seal([(data, [])])
    shop.save(update_fields=["secrets_record"])
    audit.record("shop.set_access", f"catalog.shop:{shop.pk}")
