"""Against the evaluation sets and the division list kept beside the project, where they are present."""

import json
from collections import Counter
from pathlib import Path

import pytest

from oms.domain.address import standardise
from oms.domain.address.names import DISTRICT
from oms.domain.address.table import TAIWAN, table
from oms.domain.address.towns import town_stem

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SETS = sorted((SHARED / "addresses").glob("*.jsonl"))
# Theirs follows the code to a namesake or to another place the code was given to later; ours is the decree's.
DECREED = {
    *("130103", "321011", "370802", "420321", "511721", "640222"),
    *("469031", "469032", "469033", "469037", "469038", "469039"),
}


def rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def has_no_district(row):
    return "nodistrict" in row["class"] or row["class"].startswith("no_district")


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_the_share_of_right_answers_holds(path):
    seen, right = Counter(), Counter()
    silent = []
    for row in rows(path):
        got = standardise(row["text"])
        if row["class"] in {"ambiguous", "conflict"}:
            seen[row["class"]] += 1
            right[row["class"]] += got.status == "review"
            continue
        good = got.code in {row["code"], *row.get("accept_codes", [])}
        good = good or (has_no_district(row) and got.district in row.get("optional_districts", []))
        seen["district"] += 1
        right["district"] += good
        right["auto"] += got.status == "auto"
        if got.status == "auto" and not good:
            silent.append(row["id"])
        if "phone" in row or "name" in row:
            seen["contact"] += 1
            right["contact"] += (got.name, got.phone) == (row.get("name", ""), row.get("phone", "")) and good
        elif got.name or got.phone:
            silent.append(row["id"])
        if row.get("town"):
            seen["town"] += 1
            right["town"] += town_stem(got.town) == town_stem(row["town"])
    assert silent == []
    assert right["district"] >= 0.995 * seen["district"]
    assert right["auto"] >= 0.93 * seen["district"]
    assert right["contact"] >= 0.97 * seen["contact"]
    assert right["town"] >= 0.92 * seen["town"]
    assert right["ambiguous"] == seen["ambiguous"]
    assert right["conflict"] >= 0.9 * seen["conflict"]


@pytest.mark.parametrize("path", sorted((SHARED / "divisions").glob("list.json")))
def test_todays_list_is_the_published_one(path):
    theirs = {code: name for code, name in json.loads(path.read_text(encoding="utf-8")).items() if code[:2] != "83"}
    ours = {code: unit.name for code, unit in table().places.items()}
    assert ours.keys() - theirs.keys() == {"232761", "232762", "232763", "232764", TAIWAN}
    assert theirs.keys() - ours.keys() == {"820109"}
    assert all(theirs[code] == ours[code] for code in theirs.keys() & ours.keys())


@pytest.mark.parametrize("path", sorted((SHARED / "divisions").glob("diff.json")))
def test_former_districts_go_where_the_published_map_sends_them(path):
    """Or to districts of the city it sends them to: it often knows no more than the city's name."""
    links = json.loads(path.read_text(encoding="utf-8"))
    names = json.loads((path.parent / "history.json").read_text(encoding="utf-8"))

    def today(code, depth=0):
        if code in table().places or depth > 5:
            return {code}
        return set().union(*(today(heir, depth + 1) for heir in links.get(code, [])))

    apart = set()
    for unit in table().units:
        if unit.level != DISTRICT or unit.until < 2000 or names.get(unit.code) != unit.name or not links.get(unit.code):
            continue
        theirs = set().union(*(today(code) for code in links[unit.code]))
        cities = {f"{heir[:4]}00" for heir in unit.heirs}
        if theirs and not theirs & (set(unit.heirs) | cities):
            apart.add(unit.code)
    assert apart <= DECREED
