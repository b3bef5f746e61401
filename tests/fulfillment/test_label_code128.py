"""Code 128: what is drawn reads back as what was asked, and is as short as another implementation makes it."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from reportlab.graphics.barcode import code128 as other

from fulfillment.domain.labels.code128 import modules, symbols

# reportlab's own table: capital letters are bars, small ones spaces, a–d their widths
WIDTHS = {
    tuple("abcd".index(mark.lower()) + 1 for mark in pattern): value
    for value, pattern in other._patterns.items()
    if isinstance(value, int)
}


def read(text):
    """Decode module widths the way a scanner does: start, symbols, check, stop."""
    found = modules(text)
    body, stop = found[:-7], tuple(found[-7:])
    assert stop == (2, 3, 3, 1, 1, 1, 2)
    values = [WIDTHS[tuple(body[at : at + 6])] for at in range(0, len(body), 6)]
    *data, check = values
    assert (data[0] + sum(place * value for place, value in enumerate(data))) % 103 == check
    paired, said = data[0] == 105, ""
    for value in data[1:]:
        if value == (100 if paired else 99):
            paired = not paired
        else:
            said += f"{value:02d}" if paired else chr(value + 32)
    return said


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=30))
@example("SF1444680102601")
@example("12")
@example("123")
@example("A12345B")
@example("A123456B123")
def test_every_text_reads_back(text):
    assert read(text) == text


@pytest.mark.parametrize("number", ["SF1444680102601", "773014136444784", "YT6186594166532", "JDVB00768100605", "1234"])
def test_waybill_numbers_take_no_more_symbols_than_elsewhere(number):
    theirs = other.Code128(number)
    theirs.validate()
    theirs.encode()

    assert len(symbols(number)) <= len(theirs.encoded)


@pytest.mark.parametrize("text", ["", "单号", "a\n"])
def test_what_no_bar_code_can_carry_is_refused(text):
    with pytest.raises(ValueError, match="ASCII"):
        symbols(text)
