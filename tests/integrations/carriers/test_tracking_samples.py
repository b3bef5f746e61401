"""Third-party sample pushes: each is read, the odd ones with a warning, and none of them broken at random crashes."""

from pathlib import Path
from random import Random

import pytest

from core.errors import Unreadable
from integrations.carriers.registry import TRACKERS, tracker
from integrations.carriers.summary import summarise

ROOT = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "payloads"
SAMPLES = sorted(path for carrier in TRACKERS for path in (ROOT / carrier).glob("*.json"))
NODES = {
    "k2": [None],
    "k3": ["delivered"],
    "k4": [None],
    "k5": [None],
    "k6": ["delivered"],
    "n1": [None, None],
    "n2": ["delivered"],
    "n3": ["delivered"],
    "s1": ["delivered"],
    "s2": [None],
}
ODD = {"k6", "n2", "n3", "s2"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_is_read(path):
    said = summarise(tracker(path.parent.name).read(path.read_bytes()))
    name = path.stem[:2]

    assert [parcel["node"] for parcel in said["parcels"]] == NODES[name]
    assert bool(said["warnings"]) == (name in ODD)
    assert all(event["at"] is None or event["at"].endswith("+08:00") for p in said["parcels"] for event in p["events"])


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_sample_damaged_anywhere_is_read_or_refused(path):
    rng, whole = Random(path.stem), path.read_bytes()
    for _ in range(300):
        at = rng.randrange(len(whole))
        damaged = rng.choice(
            [
                whole[:at],
                whole[:at] + bytes([rng.randrange(256)]) + whole[at + 1 :],
                whole[:at] + rng.choice([b"null", b"[]", b"{}", b'"', b"1e5", b"\\u0000", b"&", b"%"]) + whole[at:],
            ]
        )
        try:
            summarise(tracker(path.parent.name).read(damaged))
        except Unreadable as exc:
            assert exc.code
