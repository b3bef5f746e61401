import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain import sku_cells
from catalog.domain.sku_cells import CellError


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (sku_cells.whole, "1,200", 1200),
        (sku_cells.whole, "１２", 12),
        (sku_cells.whole, "0", 0),
        (sku_cells.hundredths, "12.5", 1250),
        (sku_cells.hundredths, "¥1,234.56", 123456),
        (sku_cells.hundredths, "13%", 1300),
        (sku_cells.flag, "是", True),
        (sku_cells.flag, "FALSE", False),
        (sku_cells.temperature, "冷藏", "chilled"),
        (sku_cells.temperature, "Frozen", "frozen"),
        (sku_cells.counted, "A*2; B；C×3", (("A", 2), ("B", 1), ("C", 3))),
        (sku_cells.counted, " ", ()),
        (sku_cells.code, " ＡＢ-1 ", "AB-1"),
        (sku_cells.code, "红色-M", "红色-M"),
    ],
)
def test_cells_are_read_as_people_write_them(read, text, value):
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (sku_cells.whole, "-1", "not_whole"),
        (sku_cells.whole, "1.5", "not_whole"),
        (sku_cells.whole, "½", "not_whole"),
        (sku_cells.whole, str(2**31), "not_whole"),
        (sku_cells.whole, "1e400", "not_whole"),
        (sku_cells.hundredths, "NaN", "not_amount"),
        (sku_cells.hundredths, "1e400", "not_amount"),
        (sku_cells.hundredths, "1.234", "not_amount"),
        (sku_cells.hundredths, "-0.01", "not_amount"),
        (sku_cells.flag, "maybe", "not_yes_no"),
        (sku_cells.temperature, "hot", "not_temperature"),
        (sku_cells.counted, "*2", "not_counted"),
        (sku_cells.counted, "A*0", "not_counted"),
        (sku_cells.counted, "A*x", "not_whole"),
        (sku_cells.counted, "A;A*2", "repeated_code"),
        (sku_cells.barcodes, "6901234567890", "barcode_check_digit"),
        (sku_cells.code, "A;B", "code_characters"),
        (sku_cells.code, "A\nB", "code_characters"),
    ],
)
def test_what_cannot_be_meant_is_named(read, text, code):
    with pytest.raises(CellError) as refused:
        read(text)
    assert refused.value.code == code


_CODES = st.text("ABCDEF0123456789-", min_size=1, max_size=8)


@given(st.dictionaries(_CODES, st.integers(1, 999), max_size=6))
def test_what_is_shown_reads_back(counts):
    assert sku_cells.counted(sku_cells.as_text(counts.items())) == tuple(counts.items())
