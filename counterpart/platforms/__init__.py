"""The sales platforms' order and shipping interfaces. Adding one is a module here and a line in `PLATFORMS`."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

# platform key -> module with `ROUTES` and `order_no(body)`
PLATFORMS = {
    "taobao": "top",
    "jd": "jd",
    "shopify": "shopify",
    "woocommerce": "woocommerce",
    "douyin": "douyin",
    "standard": "site",
}


def platforms() -> Iterator[tuple[str, Any]]:
    """Every platform's key and module."""
    for key, name in PLATFORMS.items():
        yield key, import_module(f"{__name__}.{name}")
