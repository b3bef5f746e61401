"""Addresses read per second on one core; the floor looks for every district's name in the text with `in`.

The rows are those of `address_sets`, which also give the figures of quality in `detail`: per kind, and the ones we set
ourselves (`goals`). Needs no database and no Django.
"""

import argparse
import json
import random
import re
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from benchmarks.address_sets import Row, Sets
from oms.domain.address import TABLE_VERSION, standardise
from oms.domain.address.names import DISTRICT
from oms.domain.address.table import Table, table
from oms.domain.address.towns import town_stem

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = {"ambiguous", "conflict", "conflict_columns"}


def by_name_search(rows: list[Row], names: list[str]) -> float:
    """The floor: the longest district name found in each text; names without a code, doubts or former names."""
    started = time.process_time()
    for row in rows:
        text = " ".join(row.given.values())
        max((name for name in names if name in text), key=len, default="")
    return time.process_time() - started


def by_standardising(rows: list[Row]) -> float:
    started = time.process_time()
    for row in rows:
        standardise(**row.given)
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


def figures(rows: list[Row]) -> dict[str, dict[str, float]]:
    """Per kind: shares of rows whose district (and town, and receiver) came out right, that were taken without asking
    and that were asked about; `silent` counts those taken and wrong."""
    tallies: dict[str, Counter[str]] = {}
    for row in rows:
        got, tally = standardise(**row.given), tallies.setdefault(row.kind, Counter())
        auto, right = got.status == "auto", got.code in row.codes
        tally.update(rows=1, auto=auto, flagged=not auto, district=right, silent=auto and not right)
        if row.town:
            tally.update(towns=1, town=town_stem(got.town) == town_stem(row.town))
        if row.name:
            tally.update(
                receivers=1,
                receiver=right and (got.name, got.phone, got.extension) == (row.name, row.phone, row.extension),
            )
    return {kind: _shares(tally) for kind, tally in tallies.items()}


def _shares(tally: Counter[str]) -> dict[str, float]:
    of = {"town": "towns", "receiver": "receivers"}
    shares = {
        key: tally[key] / tally[of.get(key, "rows")] for key in tally if key not in {"silent", "rows", *of.values()}
    }
    return {"rows": tally["rows"], "silent": tally["silent"], **{key: round(share, 4) for key, share in shares.items()}}


def goals(found: dict[str, dict[str, float]]) -> dict[str, float]:
    """The figures the work order asks for, over the kinds they are asked of."""
    clean = [kind for kind in found if kind not in QUESTIONS]
    rows = sum(found[kind]["rows"] for kind in clean)

    def over(kinds: Iterable[str], key: str) -> float:
        return round(statistics.fmean(found[kind][key] for kind in kinds if key in found[kind]), 4)

    return {
        "district_current_code": over(clean, "district"), "historical_to_current": found["historical"]["district"],
        "ambiguous_flagged": found["ambiguous"]["flagged"],
        "conflicts_flagged": over(("conflict", "conflict_columns"), "flagged"),
        "clean_flagged": over(clean, "flagged"), "auto_accepted": over(clean, "auto"),
        "silent_per_2000_accepted": round(2000 * sum(found[kind]["silent"] for kind in clean) / rows, 2),
        "name_phone_district_right": found["messy"]["receiver"], "town": over(clean, "town"),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--sample", type=int, default=2_000, help="rows of the name search, per repeat")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="another one each time by default")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    here: Table = table()
    every = list(Sets(random.Random(args.seed)).rows(args.rows // 10))
    rows = [row for row in every if row.kind in {"full", "abbreviated", "town", "historical", "messy", "columns"}]
    names = sorted({unit.name for unit in here.places.values() if unit.level == DISTRICT})
    ours, floor = [], []
    for _ in range(args.repeat):
        ours.append(len(rows) / by_standardising(rows))
        floor.append(args.sample / by_name_search(rows[: args.sample], names))
    seconds, megabytes = load_cost()
    found = figures(every)
    value, base = statistics.median(ours), statistics.median(floor)
    detail = {
        "seed": args.seed, "rows": len(rows), "rows_per_s": [round(rate) for rate in ours], "load_s": round(seconds, 3),
        "rss_mb": round(megabytes, 1),
        "peak_mb_with_all_rows": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        "table_version": TABLE_VERSION, "goals": goals(found), "kinds": found,
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
