"""Keys that both ends of a demonstration know. They open nothing but this process."""

from base64 import b64encode
from hashlib import sha256
from typing import Any

from counterpart.platforms import PLATFORMS


def _made(name: str) -> str:
    return sha256(f"onerope-counterpart:{name}".encode()).hexdigest()


SF_PARTNER, SF_CHECK_WORD, SF_CARD = "ONEROPE01", _made("sf")[:32], "7551234567"
TOP_APP_KEY, TOP_SECRET, TOP_SESSION = "23000001", _made("top")[:32], _made("session")[:40]
PLAIN_PARTNER, PLAIN_SECRET = "onerope", _made("plain")
KUAIDI100_SALT, KDNIAO_APP_KEY, SF_TOKEN = _made("kuaidi100")[:16], _made("kdniao")[:36], _made("sf-push")[:40]
KDNIAO_ACCOUNT = "1109259"
CRM_SECRET = "whsec_" + b64encode(bytes.fromhex(_made("crm"))).decode()


def carrier_accounts(base_url: str) -> dict[str, dict[str, str]]:
    """`CARRIER_ACCOUNTS` for a counterpart at `base_url`: 顺丰 itself, 京东 plain, everybody else over 菜鸟."""
    sf = {"office": "sf", "base_url": base_url, "partner": SF_PARTNER, "secret": SF_CHECK_WORD, "card": SF_CARD}
    plain = {"office": "generic", "base_url": base_url, "partner": PLAIN_PARTNER, "secret": PLAIN_SECRET}
    top = {"office": "cainiao", "base_url": base_url, "partner": TOP_APP_KEY, "secret": TOP_SECRET}
    return {"SF": sf, "JD": plain, "*": {**top, "token": TOP_SESSION}}


def push_secrets() -> dict[str, list[str]]:
    """`CARRIER_PUSH_SECRETS`: what the tracking pushes of this process are signed with."""
    return {"kuaidi100": [KUAIDI100_SALT], "kdniao": [KDNIAO_APP_KEY], "sf": [SF_TOKEN]}


def settings(base_url: str) -> dict[str, Any]:
    """The Django settings that make this process, at `base_url`, the whole outside world."""
    return {
        "CARRIER_ACCOUNTS": carrier_accounts(base_url),
        "CARRIER_PUSH_SECRETS": push_secrets(),
        "CHANNEL_BASE_URLS": dict.fromkeys(PLATFORMS, base_url),
        "CRM_URL": f"{base_url}/crm/events",
        "CRM_SECRETS": [CRM_SECRET],
        "OUTBOUND_HOSTS": ["127.0.0.1", "localhost"],
    }
