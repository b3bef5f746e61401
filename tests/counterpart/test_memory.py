"""A killed counterpart knows what it promised, goes on where it was, and never gives one reference two numbers."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from counterpart.journal import Journal
from counterpart.world import World

ROOT = Path(__file__).resolve().parents[2]


class Process:
    def __init__(self, folder, port):
        self.folder, self.url = folder, f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "counterpart", "--port", str(port), "--state-dir", str(folder)]
        self.child = None

    def start(self):
        self.child = subprocess.Popen(self._command, cwd=ROOT)
        for _ in range(200):
            try:
                return requests.get(f"{self.url}/_/state", timeout=1).json()
            except requests.ConnectionError:
                assert self.child.poll() is None, "the counterpart ended"
                time.sleep(0.05)
        raise AssertionError("the counterpart did not start")

    def kill(self):
        os.kill(self.child.pid, signal.SIGKILL)
        self.child.wait()


@pytest.fixture
def process(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Process(tmp_path / "state", port)
    yield made
    if made.child is not None and made.child.poll() is None:
        made.kill()


def _until_delivered(door):
    count = 2
    while b'"80"' not in (got := door.wait_for(count))[-1][2]:
        count += 1
    return got


def test_a_kill_forgets_nothing_that_was_answered(process, door):
    process.start()
    post = requests.Session().post
    settings = {"callback": door.url}
    post(f"{process.url}/_/settings", json=settings, timeout=5)
    plan = [{"status": "picked_up", "after_s": 0}, {"status": "delivered", "after_s": 3}]
    post(f"{process.url}/_/track", json={"waybill_no": "SF7", "carrier": "SF", "plan": plan}, timeout=5)
    post(f"{process.url}/_/orders", json={"platform": "jd", "body": {"orderId": "77"}}, timeout=5)
    door.wait_for(1)

    process.kill()
    state = process.start()

    assert (state["orders"], state["journeys"]) == (1, 1)
    assert state["settings"]["callback"] == door.url
    # Died between a push and its note, it pushes again: at least once each, and on to the end.
    codes = [json.loads(body)["Body"]["WaybillRoute"][0]["opCode"] for _status, _path, body in _until_delivered(door)]
    assert codes in (["50", "80"], ["50", "50", "80"])


def test_numbers_are_the_same_after_any_kill(tmp_path):
    first = World(tmp_path)
    given = {f"P{index}": first.issue(f"P{index}", "SF", {"city": "杭州市"}, "sf")["waybill_no"] for index in range(50)}
    first.cancel("P3")

    second = World(tmp_path)

    assert {reference: second.issue(reference, "SF", {}, "sf")["waybill_no"] for reference in given} == given
    assert second.waybills["P3"]["cancelled"] is True
    assert second.issue("P99", "SF", {}, "sf")["waybill_no"] not in given.values()


def test_a_line_torn_by_death_is_dropped_and_written_over(tmp_path):
    journal = Journal(tmp_path)
    journal.append({"kind": "born", "at": 1})
    path = tmp_path / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"kind": "waybill", "refe')

    world = World(tmp_path)
    world.issue("P1", "SF", {}, "sf")

    assert [entry["kind"] for entry in Journal(tmp_path).replay()] == ["born", "born", "waybill"]


def test_two_memories_never_share_a_number():
    worlds = [World(), World()]
    worlds[1]._born += 1

    numbers = [world.issue(f"P{index}", "ZTO", {}, "x")["waybill_no"] for world in worlds for index in range(300)]

    assert len(set(numbers)) == 600
