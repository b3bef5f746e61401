"""`manage.py read_payload`: the contract's JSON, exit codes, and no database."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
ORDER = {
    "type": "order.paid",
    "timestamp": "2026-11-23T08:00:00Z",
    "data": {
        "order_no": "SO-1",
        "currency": "CNY",
        "paid_minor": 100,
        "lines": [{"sku": "CUP", "qty": 1, "net_minor": 100}],
        "receiver": {"province": "上海", "city": "上海市", "district": "浦东新区", "detail": "某路1号"},
    },
}
# an address where nothing listens: the command must not want a database
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
    "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none",
}


def run(*arguments, body=b""):
    done = subprocess.run(
        [sys.executable, "manage.py", "read_payload", *arguments],
        cwd=ROOT,
        env={**ENVIRONMENT, "LANG": os.environ.get("LANG", "C.UTF-8"), "PYTHONUTF8": "1"},
        input=body,
        capture_output=True,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_one_order_is_one_object():
    code, said, _ = run("--platform", "standard", "-", body=json.dumps(ORDER).encode())

    assert code == 0
    assert json.loads(said.splitlines()[-1]) == {
        "order_no": "SO-1",
        "shop_currency": "CNY",
        "paid_minor": 100,
        "shippable": True,
        "state": "paid",
        "lines": [{"sku": "CUP", "qty": 1, "net_minor": 100}],
        "receiver": {"country": "CN", "province": "上海", "city": "上海市", "district": "浦东新区"},
        "warnings": [],
    }


def test_several_orders_are_a_list_with_the_bad_one_in_its_place(tmp_path):
    bad = {**ORDER, "data": {**ORDER["data"], "order_no": ""}}
    (tmp_path / "many.json").write_text(json.dumps([ORDER, bad]))

    code, said, _ = run("--platform", "standard", str(tmp_path / "many.json"))

    good, refused = json.loads(said)
    assert (code, good["order_no"], refused["error"]["code"]) == (0, "SO-1", "order_no_missing")


@pytest.mark.parametrize(
    ("platform", "body", "error"),
    [
        ("shopify", b"not json", "not_json"),
        ("shopify", b'{"payouts": [{"id": 1}]}', "not_an_order"),
        ("jd", b'{"orderState": "LOCKED"}', "order_no_missing"),
    ],
)
def test_a_malformed_body_is_exit_1_with_its_code(platform, body, error):
    code, said, _ = run("--platform", platform, body=body)

    found = json.loads(said)["error"]
    assert (code, found["code"]) == (1, error)
    assert found["message"]


@pytest.mark.parametrize("arguments", [["--platform", "ebay"], [], ["--platform", "jd", "/no/such/file"]])
def test_wrong_usage_is_exit_2_with_a_message(arguments):
    code, _, complaint = run(*arguments)

    assert code == 2
    assert complaint.strip()
