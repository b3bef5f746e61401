"""What no real order exceeds."""

import json
import re
from pathlib import Path

import pytest
from django.utils import translation

from core.errors import Unreadable
from integrations.channels import labels
from integrations.registry import channel


def order(**changes):
    line = {"line_id": "1", "sku": "CUP", "qty": 1, "net_minor": 100, "title": "茶杯"} | changes.pop("line", {})
    receiver = {"name": "王", "province": "上海", "city": "上海市"} | changes.pop("receiver", {})
    data = {"order_no": "SO-1", "currency": "CNY", "lines": [line], "receiver": receiver} | changes
    return json.dumps({"type": "order.created", "data": data}).encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (order(order_no="9" * 81), "too_long"),
        (order(line={"line_id": "9" * 81}), "too_long"),
        (order(line={"sku": "S" * 121}), "too_long"),
        (order(line={"listing_id": "S" * 121}), "too_long"),
        (order(lines=[{"sku": "CUP", "qty": 1}] * 1001), "too_many_lines"),
        (order(line={"qty": 10**6, "unit_price_minor": 10**12, "net_minor": None}), "bad_amount"),
        (order(currency="YUAN"), "bad_currency"),
        (order(currency="12"), "bad_currency"),
    ],
)
def test_beyond_the_bounds_is_refused(body, code):
    with pytest.raises(Unreadable) as refused:
        channel("standard").read(body, {})

    assert refused.value.code == code


def test_descriptions_are_cut_and_said():
    [found] = channel("standard").read(order(line={"title": "长" * 300}, receiver={"city": "市" * 90}), {})

    assert (len(found.lines[0].title), len(found.receiver.city)) == (200, 60)
    assert {"text_cut: title", "text_cut: city"} <= set(found.warnings)


def test_within_the_bounds_nothing_changes():
    [found] = channel("standard").read(order(order_no="9" * 80, currency="cny"), {})

    assert (found.currency, found.warnings) == ("CNY", ())


def test_a_warning_never_grows_beyond_its_column():
    body = json.dumps({"tid": 1, "status": "X" * 5000, "orders": {"order": []}}).encode()
    [found] = channel("taobao").read(body, {})

    assert max(map(len, found.warnings)) == 200


def test_every_code_a_mapper_can_leave_has_words_in_chinese():
    folder = Path(labels.__file__).parent
    source = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    noted = set(re.findall(r'notes\.add\(\s*"([a-z_]+)"', source))
    refused = set(re.findall(r'refuse\(\s*"([a-z_]+)"', source)) | set(
        re.findall(r'Unreadable\([^)]*code="(\w+)"', source)
    )
    known = {**labels.REFUSALS, **labels.WARNINGS}

    assert noted | refused <= set(known)
    with translation.override("zh-hans"):
        untranslated = [code for code, words in known.items() if str(words).isascii()]
    assert untranslated == []
