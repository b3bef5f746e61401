"""Which platforms exist. Adding one is a folder under `integrations/channels/` and a line here.

Modules are loaded on first use so that reading one Taobao body does not import four other platforms.
"""

from functools import cache
from importlib import import_module

from core.errors import NotFound
from integrations.channels.adapter import Channel

# platform key, as in `Shop.platform` and the hook URL -> package exporting `CHANNEL`
CHANNELS = {
    "taobao": "integrations.channels.taobao",
    "jd": "integrations.channels.jd",
    "shopify": "integrations.channels.shopify",
    "woocommerce": "integrations.channels.woocommerce",
    "douyin": "integrations.channels.douyin",
    "standard": "integrations.channels.standard",
}


@cache
def channel(platform: str) -> Channel:
    """The adapter of `platform`; raises NotFound (`unknown_platform`) for a key that is not registered."""
    if platform not in CHANNELS:
        raise NotFound(f"unknown platform {platform!r}; known: {', '.join(CHANNELS)}", code="unknown_platform")
    found = import_module(CHANNELS[platform]).CHANNEL
    if not isinstance(found, Channel):
        raise TypeError(f"{CHANNELS[platform]}.CHANNEL is no Channel")
    return found
