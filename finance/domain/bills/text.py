"""Bytes of a text table to rows of cells. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from finance.domain.bills.line import BillError

PROBE = 1 << 16
_NON_ASCII = re.compile(rb"[\x80-\xff]")
csv.field_size_limit(1 << 20)


def open_text(data: bytes) -> io.TextIOBase:
    """`data` as text: UTF-8 (with or without mark), UTF-16 with mark, else GB18030. Raises BillError (bad_encoding)."""
    if b"\0" in data[:PROBE] and data[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        raise BillError("bad_encoding", "This is no text file.")
    return io.TextIOWrapper(io.BytesIO(data), encoding=_encoding(data), newline="")


def _encoding(data: bytes) -> str:
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    found = _NON_ASCII.search(data)
    window = data[found.start() : found.start() + PROBE] if found else b""
    for name, probe in (("utf-8-sig", "utf-8"), ("gb18030", "gb18030")):
        try:
            window.decode(probe)
        except UnicodeDecodeError as exc:
            # The probe's own edge may cut a character in two; that says nothing about the encoding.
            if exc.start < len(window) - 4:
                continue
        return name
    raise BillError("bad_encoding", "The text is neither UTF-8 nor GBK.")


def csv_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """Rows of comma-separated lines."""
    return csv.reader(lines)


def shielded_rows(lines: Iterable[str]) -> Iterator[list[str]]:
    """Rows of WeChat's format: every cell begins with a backquote and may hold plain commas."""
    for line in lines:
        line = line.rstrip("\r\n")
        yield line[1:].split(",`") if line[:1] == "`" else line.split(",")


@contextmanager
def reading() -> Iterator[None]:
    """Give what goes wrong while lines or rows are drawn a name: `truncated` when the file ends inside a character,
    `bad_encoding` for other broken text, `bad_row` for what csv cannot split."""
    try:
        yield
    except UnicodeDecodeError as exc:
        cut = "incomplete" in exc.reason or "unexpected end" in exc.reason
        code, text = ("truncated", "The file ends in the middle.") if cut else ("bad_encoding", "The text is damaged.")
        raise BillError(code, text) from exc
    except csv.Error as exc:
        raise BillError("bad_row", "A line cannot be split into cells.") from exc
