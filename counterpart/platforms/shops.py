"""Whose call this is: shops that were told to us are checked strictly, others are believed and marked so."""

from collections.abc import Callable

from counterpart.http import Request
from counterpart.world import World

UNKNOWN, GOOD, BAD = "unknown shop", "ok", "bad"


def judge(world: World, request: Request, platform: str, app_key: str, fits: Callable[[str, str], bool]) -> str:
    """`fits(secret, access token)` for a known shop; a bad signature is remembered."""
    shop = world.shops.get((platform, app_key))
    if shop is None:
        return UNKNOWN
    if fits(shop["secret"], shop.get("access_token", "")):
        return GOOD
    world.refuse(request.path, f"{platform} {app_key}")
    return BAD
