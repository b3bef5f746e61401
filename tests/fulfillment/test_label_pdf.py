"""Labels on paper: one page each, nothing readable that must be masked, every ideograph embedded or named."""

import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fulfillment.domain.labels import LabelData, LabelParty, can_print, missing_glyphs, render_labels
from fulfillment.domain.labels.font import face, printable, width
from fulfillment.domain.labels.pen import _wrap

LABEL = LabelData(
    waybill_no="SF1444680102601",
    carrier_name="顺丰速运",
    receiver=LabelParty("王小明", "13812345678", "浙江省杭州市余杭区文一西路969号"),
    sender=LabelParty("晴川家居", "057188886666", "江苏省苏州市常熟市环来泾路88号"),
    printed_at=datetime(2026, 11, 23, 8, 15, tzinfo=UTC),
    sort_code="571W-B12-03",
    package_center="杭州中转包1",
    order_nos=("2605837640524916",),
    items=(("茶壶", 1),),
    weight_g=1860,
)


def streams(pdf):
    """Every stream of the file that is deflated text."""
    found = b""
    for part in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(part)
        except zlib.error:
            found += part
    return found


def test_a_batch_is_one_file_with_a_page_each_and_the_font_inside():
    pdf = render_labels([replace(LABEL, waybill_no=f"SF14446801026{index:02d}") for index in range(7)])

    assert len(re.findall(rb"/Type /Page\b", pdf)) == 7
    assert b"/MediaBox [ 0 0 283.4646 425.1969 ]" in pdf
    assert b"/FontFile2" in pdf and b"NotoSansSC" in pdf
    assert b"STSong" not in pdf
    assert len(pdf) < 120_000


@pytest.mark.parametrize(("size", "box"), [((76, 130), b"215.4331 368.5039"), ((100, 180), b"283.4646 510.2362")])
def test_other_sizes_scale_the_same_layout(size, box):
    assert b"/MediaBox [ 0 0 " + box + b" ]" in render_labels([LABEL], size)


def test_phones_are_masked_on_paper_and_the_number_is_not():
    text = streams(render_labels([LABEL]))

    assert b"13812345678" not in text
    assert b"138****5678" in text
    assert b"057188886666" not in text
    assert b"SF1444680102601" in text
    assert b"2026-11-23 16:15:00" in text  # Chinese time


def test_masking_twice_changes_nothing():
    masked = replace(LABEL, receiver=LabelParty("王**", "138****5678", LABEL.receiver.address))

    assert streams(render_labels([masked])) == streams(render_labels([LABEL]))


def test_rare_ideographs_are_printed_and_missing_ones_named():
    assert missing_glyphs(replace(LABEL, receiver=LabelParty("㙦堃䶮𬱖", "1", "·①㎡"))) == ""

    odd = replace(LABEL, receiver=LabelParty("𠮷野", "13812345678", "𠮷路"), items=(("糖👍\ufe0f", 1),))

    assert missing_glyphs(odd) == "𠮷👍"
    assert printable("𠮷野\u200b👍\ufe0f\n") == "〓野〓 "
    assert render_labels([odd]).startswith(b"%PDF")


def test_nothing_a_buyer_can_type_breaks_a_label():
    wild = "<&>()\\ \x00\x07\u202e\ud83d\udc4d" + "长" * 900 + "W" * 300
    label = replace(
        LABEL,
        receiver=LabelParty(wild, wild, wild),
        sender=LabelParty("", "", ""),
        note=wild,
        items=((wild, 99999),) * 40,
        order_nos=(wild,) * 20,
        sort_code=wild,
        package_center=wild,
        carrier_name=wild,
        product=wild,
        content_hash="x" * 64,
    )

    assert len(re.findall(rb"/Type /Page\b", render_labels([label, LABEL]))) == 2


@pytest.mark.parametrize("words", ["", "中文地址" * 40, "word " * 60, "x" * 400, "混排 mixed 12345 号楼 B-1203 室" * 9])
def test_lines_are_never_wider_than_asked_and_lose_nothing(words):
    rows = _wrap(words, 9, 120)

    assert all(width(row, 9) <= 120 for row in rows)
    assert "".join(rows).replace(" ", "") == words.replace(" ", "")


@pytest.mark.parametrize(
    ("number", "fits"), [("SF1444680102601", True), ("JDVB00768100605-1-1-", True), ("A1" * 40, False), ("单号", False)]
)
def test_whether_a_number_can_be_printed_is_known_before_the_batch(number, fits):
    assert can_print(number) is fits


def test_a_number_too_long_for_a_scanner_is_refused():
    with pytest.raises(ValueError, match="too long"):
        render_labels([replace(LABEL, waybill_no="A1" * 40)])
    with pytest.raises(ValueError, match="nothing to print"):
        render_labels([])


def test_the_font_knows_every_ideograph_of_the_two_common_blocks():
    known = face().charToGlyph

    assert [code for code in (*range(0x4E00, 0x9FA6), *range(0x3400, 0x4DB6)) if code not in known] == []
