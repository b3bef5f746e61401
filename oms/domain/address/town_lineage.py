"""Where the towns of earlier years lie today, and which villages tell the heirs of a divided district apart: the
reasoning behind `former_towns.csv` and `villages.csv`, free of files and network.

An edition is one yearly list of the statistics office. A town that a later edition no longer has is followed by its
villages (most of them are in one district today), else by its stem among the heirs of its district, by its name in the
city, or to the only heir of its district.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from oms.domain.address.towns import town_stem

MOST = 0.6  # share of a gone town's villages that must lie in one district today
_OFFICE = re.compile(r"街道办事处$|街道办$|街办事处$")
_AREA_OFFICE = re.compile(r"(?<=地区)办事处$")
_NO_TOWN = re.compile(r"直辖村(?:级|模拟)|虚拟|监狱|劳教|看守所")
_VILLAGE_RANK = re.compile(
    r"(?:社区居民委员会|社区居委会|社区村委会|居民委员会|村民委员会|居民委会|居委会|村委会|村村委会|委会|社区)$"
)


@dataclass(frozen=True, slots=True)
class Edition:
    """One year's list: districts by six digits, towns by nine, the villages of a town (empty where not listed)."""

    districts: Mapping[str, str]
    towns: Mapping[str, str]
    villages: Mapping[str, frozenset[str]] = field(default_factory=dict)


def clean_town(name: str, district: str) -> str:
    """The town as people write it: no office, no district before it; '' for what is no town."""
    if _NO_TOWN.search(name):
        return ""
    short = _AREA_OFFICE.sub("", _OFFICE.sub("街道", name))
    bare = short.removeprefix(district)
    return bare if len(bare) > 2 and re.search(r"街道$|镇$|乡$", bare) else short


def village_stem(name: str) -> str:
    """The village without its rank; '' when hardly anything is left."""
    short = _VILLAGE_RANK.sub("", name)
    short = short.removesuffix("村") if len(short) > 2 else short
    return short if len(short) >= 2 else ""


def former_towns(
    editions: Sequence[Edition], today: Edition, heirs: Mapping[tuple[str, str], Sequence[str]]
) -> dict[str, list[str]]:
    """District of today → names of towns that lay there in an earlier edition and are listed there no more.

    `heirs` leads a district of an edition (code, name) to today's codes.
    """
    lie_in = _village_homes(today)
    listed = {(code[:6], name) for code, name in today.towns.items()}
    homes: dict[str, dict[str, None]] = {}
    settled: set[tuple[str, str, str]] = set()  # the latest edition knows best
    for edition in reversed(editions):
        for code, name in sorted(edition.towns.items()):
            district = edition.districts.get(code[:6], "")
            today_codes = heirs.get((code[:6], district), ())
            if not name or not today_codes or (code[:6] in today_codes and (code[:6], name) in listed):
                continue
            if (code[:6], district, name) in settled:
                continue
            settled.add((code[:6], district, name))
            home = _home(name, edition.villages.get(code, frozenset()), today_codes, today, lie_in)
            if home and (home, name) not in listed:
                homes.setdefault(home, {})[name] = None
    return {home: list(names) for home, names in homes.items()}


def _home(
    name: str, villages: Iterable[str], codes: Sequence[str], today: Edition, lie_in: Mapping[tuple[str, str], set[str]]
) -> str:
    cities = {code[:4] for code in codes}
    votes = Counter(
        home for village in villages for city in cities if len(found := lie_in.get((city, village), set())) == 1
        for home in found
    )  # fmt: skip
    if votes:
        home, most = votes.most_common(1)[0]
        if most >= MOST * votes.total() and votes.total() > 1:
            return home
    same = {code[:6] for code, town in today.towns.items() if code[:6] in codes and town_stem(town) == town_stem(name)}
    same = same or {code[:6] for code, town in today.towns.items() if code[:4] in cities and town == name}
    if len(same) == 1:
        return same.pop()
    return codes[0] if len(codes) == 1 else ""


def _village_homes(today: Edition) -> dict[tuple[str, str], set[str]]:
    homes: dict[tuple[str, str], set[str]] = {}
    for code, villages in today.villages.items():
        for village in villages:
            homes.setdefault((code[:4], village), set()).add(code[:6])
    return homes


def telling_villages(today: Edition, splits: Iterable[Sequence[str]]) -> dict[str, list[str]]:
    """Heir of a divided district → its villages that no other district of that city has."""
    lie_in = _village_homes(today)
    wanted = {code for heirs in splits for code in heirs}
    telling: dict[str, set[str]] = {}
    for (_, village), homes in lie_in.items():
        if len(homes) == 1 and (home := next(iter(homes))) in wanted and len(village) <= 6:
            telling.setdefault(home, set()).add(village)
    return {home: sorted(names) for home, names in telling.items()}
