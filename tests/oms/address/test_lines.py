"""`manage.py parse_addresses`: JSON lines in, JSON lines out, in order."""

import io
import json
import os
import subprocess
import sys

from django.core.management import call_command

from oms.domain.address.lines import answers
from oms.domain.address.table import DATA, table

ROOT = DATA.parents[3]
PLACES = [(code, table().place(code)) for code in table().places]


def told(*lines):
    return [json.loads(answer) for answer in answers(lines)]


def test_text_and_columns_side_by_side():
    first, second = told(
        '{"id": 7, "text": "李四 13800138000 杭州市西湖区文三路1号"}\n',
        '{"id": "b", "province": "广东省", "city": "东莞市", "detail": "虎门镇太宝路5号"}\n',
    )
    assert first == {
        "id": 7,
        "province": "浙江省",
        "city": "杭州市",
        "district": "西湖区",
        "code": "330106",
        "town": "",
        "detail": "文三路1号",
        "name": "李四",
        "phone": "13800138000",
        "extension": "",
        "status": "auto",
        "reasons": [],
        "confidence": 0.999,
        "table_version": first["table_version"],
    }
    assert (second["id"], second["code"], second["town"], second["district"]) == ("b", "441900", "虎门镇", "")


def test_what_cannot_be_read_keeps_its_place():
    lines = ["{", "[1, 2]", "\n", '{"id": 3, "text": null}', "[" * 100_000, '{"id": 5, "text": "杭州市西湖区"}']
    answered = told(*lines)
    assert [row["id"] for row in answered] == [None, None, 3, None, 5]
    assert [row["reasons"] for row in answered[:2]] == [["unreadable"], ["unreadable"]]
    assert answered[4]["code"] == "330106"


def test_lines_come_as_they_are_asked_for():
    asked = []

    def lines():
        for number in range(3):
            asked.append(number)
            yield json.dumps({"id": number, "text": "杭州市西湖区"})

    first = next(answers(lines()))
    assert json.loads(first)["id"] == 0
    assert asked == [0]


def test_the_command_in_this_process(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": 1, "text": "杭州市西湖区"}\n'))
    out = io.StringIO()
    call_command("parse_addresses", stdout=out)
    assert json.loads(out.getvalue())["code"] == "330106"


def test_bytes_that_are_no_text_come_back_as_json():
    run = subprocess.run(
        [sys.executable, "-m", "oms.domain.address"],
        input=b"\xef\xbb\xbf" + '{"id": 1, "text": "杭州市西湖区\\ud800'.encode() + b'\xff"}\n',
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
    )
    assert json.loads(run.stdout)["code"] == "330106"


def test_the_command_weighs_little_whatever_it_is_asked():
    """The peak of the whole process, as its parent sees it."""
    weigh = (
        "import resource, subprocess, sys;"
        "subprocess.run([sys.executable, 'manage.py', 'parse_addresses'], stdin=sys.stdin, check=True);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, file=sys.stderr)"
    )
    rows = [{"id": code, "text": f"{place.province}{place.city}{place.district}人民路1号"} for code, place in PLACES]
    given = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    told = subprocess.run(
        [sys.executable, "-c", weigh], input=given, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
    )
    assert told.stdout.count("\n") == len(rows)
    assert int(told.stderr) < 80
