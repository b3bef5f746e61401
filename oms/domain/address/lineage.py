"""What became of every division that once had a code: the reasoning behind the table, free of files and network.

Input are *spells* (one name a code carried, from when until when), today's list and written-down changes. A former name
is followed to today by the first of these that applies:

1. a written change (a decree, with its number);
2. today's division of the same stem in the same prefecture (海门市 → 海门区), or elsewhere in the province when the
   prefecture itself was renumbered or the dates meet (公主岭市, 寿县);
3. one character plus 州 (滦县 → 滦州市);
4. the same name in the same prefecture under another code, when the years meet (芳村区);
5. the next name the same code carried when the years meet (襄樊市 → 襄阳市);
6. the same name under a later code elsewhere, followed from there.

A code alone is never trusted: codes are given to other places after some years.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oms.domain.address.names import CITY, DISTRICT, GENERIC, level_of, stem

Key = tuple[str, str]  # (code, name)
NO_NAMES = frozenset(
    [
        "市辖区",
        "县",
        "市",
        "市区",
        "省直辖县级行政区划",
        "自治区直辖县级行政区划",
        "省直辖行政单位",
        "省直辖县级行政单位",
        "自治区直辖县级行政单位",
        "省直辖单位",
        "晋城市市辖区",
    ]
)
# Provinces cut out of others: 重庆 (1997) of 四川, 海南 (1988) of 广东.
_HEIRS = {"51": ("51", "50"), "44": ("44", "46")}
LAST_SEEN = 2021  # where the sources of former names end: a name alive then and gone today went in or after that year
RENUMBERED_BEFORE = 1984  # the great renumbering of 1980–83: the same code is then no sign of the same place


@dataclass(frozen=True, slots=True)
class Spell:
    """Years a code carried a name; 0 for "from the beginning" and "still"."""

    since: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A former division as a decree left it: until when (YYYY or YYYY-MM), today's heirs by name, main one first;
    `~` before an heir that took only a few outlying towns."""

    until: str
    heirs: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. `heirs` are today's codes (`~` as in Change), empty for a division of today."""

    code: str
    name: str
    since: str
    until: str
    heirs: tuple[str, ...]
    basis: str


class UnknownHeir(ValueError):
    """A written change names an heir that is not a division of today, or is not the only one of that name near."""


class Lineage:
    """Follows former divisions to today's."""

    def __init__(
        self,
        current: Mapping[str, str],
        spells: Mapping[Key, Spell],
        changes: Mapping[Key, Change],
        since: Mapping[str, str],
    ) -> None:
        self.current = current
        self.spells = dict(spells)
        self.changes = changes
        self.since = since
        for key, change in changes.items():
            if key not in self.spells:
                self.spells[key] = Spell(0, int(change.until[:4]))
        self._today: dict[tuple[int, str], list[str]] = {}
        for code, name in current.items():
            self._today.setdefault((level_of(code), stem(name)), []).append(code)
        self._by_stem: dict[tuple[int, str], list[Key]] = {}
        self._by_code: dict[str, list[Key]] = {}
        for code, name in self.spells:
            self._by_stem.setdefault((level_of(code), stem(name)), []).append((code, name))
            self._by_code.setdefault(code, []).append((code, name))
        self._prefectures = {code[:4] for code in current if level_of(code) == CITY}

    def rows(self) -> Iterable[Row]:
        """Today's divisions, then every former one that leads to one of them; in code order."""
        for key in sorted({*self.current.items(), *self.spells}):
            code, name = key
            spell = self.spells.get(key, Spell())
            if self.current.get(code) == name:
                yield Row(code, name, self.since.get(code) or _year(spell.since), "", (), "")
                continue
            heirs, basis = self.heirs(key)
            if heirs:
                change = self.changes.get(key)
                until = change.until if change else str(spell.until or LAST_SEEN)
                yield Row(code, name, _year(spell.since), until, heirs, basis)

    def lost(self) -> list[Key]:
        """Former divisions that lead nowhere: nothing is written down and no rule applies."""
        return sorted(key for key in self.spells if self.current.get(key[0]) != key[1] and not self.heirs(key)[0])

    def heirs(self, key: Key, seen: tuple[Key, ...] = ()) -> tuple[tuple[str, ...], str]:
        """Today's codes of a former division and why; empty when it leads nowhere."""
        code, name = key
        if self.current.get(code) == name:
            return (code,), "current"
        if key in seen:
            return (), ""
        if change := self.changes.get(key):
            return tuple(self._named(code, heir) for heir in change.heirs), change.source
        if same := self._same_name(key):
            return (same,), "同名"
        if followed := self._recoded(key, seen):
            return followed, "换码"
        if followed := self._same_code(key, seen):
            return followed, "同码更名"
        if followed := self._later_code(key, seen):
            return followed, "换码"
        return (), ""

    def _named(self, code: str, heir: str) -> str:
        """Today's code of the heir a change names: the same code, else the nearest by prefecture, province, country."""
        if heir.startswith("~"):
            return f"~{self._named(code, heir[1:])}"
        if self.current.get(code) == heir:
            return code
        pool = [c for c, name in self.current.items() if name == heir]
        for width in (4, 2, 0):
            near = [c for c in pool if c[:width] == code[:width]]
            if len(near) == 1:
                return near[0]
            if near:
                break
        raise UnknownHeir(f"{code} → {heir}: {pool or 'not a division of today'}")

    def _same_name(self, key: Key) -> str:
        code, name = key
        level, root, spell = level_of(code), stem(name), self.spells[key]
        provinces = _HEIRS.get(code[:2], (code[:2],))
        if name in GENERIC:
            return ""
        pool = [c for c in self._today.get((level, root), ()) if c[:2] in provinces]
        if level == DISTRICT and len(name) == 2 and name[1] in "县市":
            pool = pool or [c for c in self._today.get((level, f"{name[0]}州"), ()) if c[:2] in provinces]
        here = [c for c in pool if c[:4] == code[:4]]
        if len(here) == 1:
            return here[0]
        if len(pool) != 1:
            return ""
        heir = pool[0]
        born = self.spells.get((heir, self.current[heir]), Spell()).since
        moved = code[:4] not in self._prefectures or bool(born and spell.until and abs(born - spell.until) <= 1)
        return heir if level != DISTRICT or moved or not name.endswith("区") else ""

    def _same_code(self, key: Key, seen: tuple[Key, ...]) -> tuple[str, ...]:
        code, _ = key
        spell = self.spells[key]
        if spell.until < RENUMBERED_BEFORE or code[2:4] == "90":
            return ()
        following = [
            other
            for other in self._by_code[code]
            if other != key
            and self.spells[other].since >= max(spell.since, 1)
            and abs(self.spells[other].since - spell.until) <= 1
        ]
        if following:
            return self.heirs(min(following, key=lambda other: self.spells[other].since), (*seen, key))[0]
        others = [other for other in self._by_code[code] if other != key and self.spells[other].since > spell.since]
        return (code,) if code in self.current and not others else ()

    def _recoded(self, key: Key, seen: tuple[Key, ...]) -> tuple[str, ...]:
        """The same name in the same prefecture under another code from about the year this code gave it up."""
        code, name = key
        until = self.spells[key].until
        later = [
            other
            for other in self._by_stem[(level_of(code), stem(name))]
            if other[1] == name and other[0] != code and other[0][:4] == code[:4] and name not in GENERIC
            and until and abs(self.spells[other].since - until) <= 1
        ]  # fmt: skip
        return self.heirs(later[0], (*seen, key))[0] if len(later) == 1 else ()

    def _later_code(self, key: Key, seen: tuple[Key, ...]) -> tuple[str, ...]:
        code, name = key
        spell = self.spells[key]
        if name in GENERIC:
            return ()
        later = [
            other
            for other in self._by_stem[(level_of(code), stem(name))]
            if other != key
            and other[0][:2] in _HEIRS.get(code[:2], (code[:2],))
            and spell.until
            and abs(self.spells[other].since - spell.until) <= 1
        ]
        return self.heirs(later[0], (*seen, key))[0] if len(later) == 1 else ()


def _year(year: int) -> str:
    return str(year) if year else ""
