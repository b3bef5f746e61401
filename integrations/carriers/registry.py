"""Which tracking sources exist. Adding one is a folder beside this file and a line here; loaded on first use."""

from functools import cache
from importlib import import_module

from core.errors import NotFound
from integrations.carriers.adapter import Tracker

# key, as in the hook URL -> package exporting `TRACKER`
TRACKERS = {
    "kuaidi100": "integrations.carriers.kuaidi100",
    "kdniao": "integrations.carriers.kdniao",
    "sf": "integrations.carriers.sf",
}


@cache
def tracker(key: str) -> Tracker:
    """The tracking source called `key`; raises NotFound (`unknown_carrier`) for one that is not registered."""
    if key not in TRACKERS:
        raise NotFound(f"unknown carrier {key!r}; known: {', '.join(TRACKERS)}", code="unknown_carrier")
    found = import_module(TRACKERS[key]).TRACKER
    if not isinstance(found, Tracker):
        raise TypeError(f"{TRACKERS[key]}.TRACKER is no Tracker")
    return found
