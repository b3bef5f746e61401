"""`manage.py read_tracking`: the contract's JSON, exit codes, and no database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[3]
SCAN = {"time": "2026-01-01 10:00:00", "ftime": "2026-01-01 10:00:00", "context": "已揽收", "areaName": "浙江,杭州市"}
PUSH = {"status": "polling", "lastResult": {"nu": "YT1", "com": "yuantong", "state": "1", "data": [SCAN]}}
# an address where nothing listens: the command must not want a database
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
    "LANG": os.environ.get("LANG", "C.UTF-8"),
    "PYTHONUTF8": "1",
}


def run(*arguments, body=b""):
    done = subprocess.run(
        [sys.executable, "manage.py", "read_tracking", *arguments],
        cwd=ROOT, env=ENVIRONMENT, input=body, capture_output=True, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_a_form_from_standard_input_is_printed_as_the_contract_says():
    code, out, _err = run("--carrier", "kuaidi100", body=urlencode({"param": json.dumps(PUSH), "sign": "X"}).encode())

    assert code == 0
    event = {
        "status": "picked_up",
        "code": "1",
        "at": "2026-01-01T10:00:00+08:00",
        "place": "浙江,杭州市",
        "text": "已揽收",
    }
    parcel = {"waybill_no": "YT1", "carrier": "YTO", "events": [event], "node": "picked_up", "warnings": []}
    assert json.loads(out) == {"parcels": [parcel], "warnings": []}


def test_what_cannot_be_read_exits_1_with_a_code(tmp_path):
    path = tmp_path / "push.json"
    path.write_bytes(b'{"lastResult": {"nu": ')

    code, out, _err = run("--carrier", "kuaidi100", str(path))

    assert (code, json.loads(out)["error"]["code"]) == (1, "not_json")


def test_wrong_usage_exits_2_with_what_to_do():
    assert run("--carrier", "pigeon")[0] == 2
    code, _out, err = run("--carrier", "sf", "/no/such/file")
    assert code == 2 and "give a file or -" in err
