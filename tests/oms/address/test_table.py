"""The table as built: complete, dated, and never trusting a reused code."""

import os
import subprocess
import sys

import pytest

from oms.domain.address import standardise
from oms.domain.address.names import CITY, DISTRICT, level_of
from oms.domain.address.table import DATA, table

MAINLAND = [
    place
    for place in (table().place(code) for code in table().places if level_of(code) == DISTRICT)
    if place.code[:2] not in {"81", "82"}
]


def test_every_former_name_leads_to_divisions_of_today():
    lost = [
        unit for unit in table().units if unit.heirs != ("710000",) and not set(unit.heirs) <= table().places.keys()
    ]
    assert lost == []


def test_every_former_name_says_when_it_ended_and_every_division_of_today_has_a_parent():
    assert all(unit.until == 0 or 1980 <= unit.until <= 2026 for unit in table().units)
    assert all(f"{code[:2]}0000" in table().places for code in table().places)


def test_the_count_of_divisions_is_that_of_the_ministry():
    counted = [code for code in table().places if code[:2] not in {"71", "81", "82"}]
    assert len([code for code in counted if code.endswith("0000")]) == 31
    assert len([code for code in counted if level_of(code) == CITY]) == 333
    # 2,846 at the end of 2024; since then 江北, 渝北 → 两江 (2025) and 岑岭县, 草湖市 (2026).
    statistical = {"232761", "232762", "232763", "232764"}
    assert len([code for code in counted if level_of(code) == DISTRICT and code not in statistical]) == 2847


@pytest.mark.parametrize(
    "form",
    [
        "{province}{city}{district}人民路1号",
        "{city}{district}解放东路12号3栋2单元501室",
        "{province} {city} {district} 幸福村5组",
        "{province}{city}{district}{city}{district}建设路18号",
    ],
)
def test_every_district_is_found_by_its_full_name(form):
    wrong = []
    for place in MAINLAND:
        city = place.city if place.city != place.province else ""
        if "{province}" not in form and not place.city:
            continue
        text = form.format(province=place.province, city=city or place.province, district=place.district)
        got = standardise(text)
        if (got.code, got.status) != (place.code, "auto"):
            wrong.append((text, got.code, got.reasons))
    assert wrong == []


def test_every_district_is_found_by_its_columns():
    wrong = []
    for place in MAINLAND:
        got = standardise(province=place.province, city=place.city, district=place.district, detail="人民路1号")
        if (got.code, got.status, got.detail) != (place.code, "auto", "人民路1号"):
            wrong.append((place, got))
    assert wrong == []


def test_every_former_district_is_found_under_its_city_of_then():
    then = {unit.code[:4]: unit.name for unit in table().units if unit.level == CITY and not unit.until}
    wrong = []
    for unit in table().units:
        if unit.level != DISTRICT or unit.until < 2000 or unit.over not in then or unit.name == then[unit.over]:
            continue
        got = standardise(f"{then[unit.over]}{unit.name}人民路1号")
        if got.code not in unit.heirs:
            wrong.append((then[unit.over], unit.name, unit.until, got.code, got.reasons))
    assert wrong == []


def test_the_table_is_small_and_quick_to_read():
    probe = (
        "import re, time; start = time.process_time(); from oms.domain.address.table import table; table();"
        "seconds = time.process_time() - start; status = open('/proc/self/status').read();"
        "print(seconds, int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) / 1024)"
    )
    root = DATA.parents[3]
    told = subprocess.run(
        [sys.executable, "-c", probe], cwd=root, env=os.environ, capture_output=True, text=True, check=True
    )
    seconds, megabytes = map(float, told.stdout.split())
    assert seconds < 1.0  # 0.2 on an idle core
    assert megabytes < 80
