"""Addresses read per second on one core; the floor looks for every district's name in the text with `in`.

The rows are made from the table itself: today's and former divisions, whole and shortened, with made-up streets and
receivers. Needs no database and no Django.
"""

import argparse
import json
import random
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from oms.domain.address import TABLE_VERSION, standardise
from oms.domain.address.names import CITY, DISTRICT, stem
from oms.domain.address.table import Table, table

ROOT = Path(__file__).resolve().parent.parent
STREETS = (
    *("人民路1号", "解放东路12号3栋2单元501室", "幸福村5组", "工业园区创业大道8号", "建设路18号中央花园3-2-501"),
    *("前进路与北京路交叉口", "新华书店旁", "中山路百货大楼3楼", "站前街道文化路66号", "城关镇东风路9号"),
)
PASTES = (
    *("{address}",) * 4,
    "{name}，{phone}，{address}",
    "{address} {name} {phone}",
    "收货人: {name}\n手机号码: {phone}\n详细地址: {address}",
    "{address}{name}{phone}",
)
PERSONS = ("李建军", "王秀兰", "陈杰", "赵先生", "郑欣怡", "何平")


class Row(NamedTuple):
    text: str
    codes: tuple[str, ...]


def make_rows(count: int, seed: int) -> list[Row]:
    """Mostly today's districts; one row in ten by a former name under its city of then."""
    dice, here = random.Random(seed), table()
    today = [unit for unit in here.units if unit.level == DISTRICT and not unit.until and unit.code in here.places]
    cities = {unit.code[:4]: unit.name for unit in here.units if unit.level == CITY and not unit.until}
    former = [
        unit
        for unit in here.units
        if unit.level == DISTRICT and unit.until >= 2000 and cities.get(unit.over, unit.name) != unit.name
    ]
    rows = []
    for number in range(count):
        unit = dice.choice(former if number % 10 == 0 else today)
        place = here.place(unit.heirs[0])
        city = cities[unit.over] if unit.until else "" if place.city == place.province else place.city
        forms = (f"{place.province}{city}{unit.name}", f"{stem(place.province)}{city}{unit.name}", f"{city}{unit.name}")
        address = dice.choice(forms if city else forms[:2]) + dice.choice(STREETS)
        phone = f"1{dice.choice('3589')}{dice.randrange(10**9):09d}"
        text = dice.choice(PASTES).format(address=address, name=dice.choice(PERSONS), phone=phone)
        rows.append(Row(text, unit.heirs))
    return rows


def by_name_search(rows: list[Row], names: list[str]) -> float:
    """The floor: the longest district name found in each text; names without a code, doubts or former names."""
    started = time.process_time()
    for row in rows:
        max((name for name in names if name in row.text), key=len, default="")
    return time.process_time() - started


def by_standardising(rows: list[Row]) -> float:
    started = time.process_time()
    for row in rows:
        standardise(row.text)
    return time.process_time() - started


def load_cost() -> tuple[float, float]:
    """Seconds of CPU to import and read the table, and MB of the process after it, in a fresh interpreter."""
    probe = (
        "import time; start = time.process_time(); from oms.domain.address.table import table; table();"
        "print(time.process_time() - start); print(open('/proc/self/status').read())"
    )
    told = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    peak = re.search(r"VmHWM:\s+(\d+)", told)
    return float(told.splitlines()[0]), int(peak.group(1)) / 1024 if peak else 0.0


def quality(rows: list[Row]) -> dict[str, float]:
    found = [(standardise(row.text), row) for row in rows]
    right = [got.code in row.codes for got, row in found]
    auto = [got.status == "auto" for got, _ in found]
    return {
        "district": round(sum(right) / len(rows), 4),
        "auto": round(sum(auto) / len(rows), 4),
        "wrong_among_auto": sum(a and not r for a, r in zip(auto, right, strict=True)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--sample", type=int, default=2_000, help="rows of the name search, per repeat")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    here: Table = table()
    rows = make_rows(args.rows, args.seed)
    names = sorted({unit.name for unit in here.places.values() if unit.level == DISTRICT})
    ours, floor = [], []
    for _ in range(args.repeat):
        ours.append(len(rows) / by_standardising(rows))
        floor.append(args.sample / by_name_search(rows[: args.sample], names))
    seconds, megabytes = load_cost()
    value, base = statistics.median(ours), statistics.median(floor)
    detail = {
        "rows": args.rows, "rows_per_s": [round(rate) for rate in ours], "load_s": round(seconds, 3),
        "rss_mb": round(megabytes, 1), "table_version": TABLE_VERSION, **quality(rows),
    }  # fmt: skip
    print(
        json.dumps(
            {
                "name": "addresses", "value": round(value), "unit": "addresses per second of one core",
                "floor": round(base), "floor_unit": "addresses per second, `in` for every district name",
                "ratio": round(value / base, 2), "detail": detail,
            },
            ensure_ascii=False,
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
