"""From an uploaded file to its tables: ZIP, gzip, XLSX or plain text, each opened with limits. Pure."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from python_calamine import CalamineError

from core.domain.workbook import Limits, WorkbookError, opened
from finance.domain.bills.line import BillError

MAX_BYTES = 1 << 30  # unpacked; a year of a large shop is about 300 MB
MAX_MEMBERS = 64
MAX_RATIO = 200  # Chinese bills pack about 10:1, a spreadsheet's XML up to 60:1; a bomb packs 1000:1
RATIO_FROM = 16 << 20  # below this size a high ratio harms nobody
# A sheet of a million rows is about 200 MB of XML.
_SHEET_LIMITS = Limits(upload=MAX_BYTES, unpacked=512 << 20, ratio=MAX_RATIO, rows=1 << 20, columns=250)
_ZIP, _GZIP, _OLE = b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0"
# All that zipfile was seen to raise over damaged archives.
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, NotImplementedError, ValueError)
_TABLE_SUFFIXES = (".csv", ".txt", ".xlsx")


@dataclass(frozen=True, slots=True)
class Document:
    """One table of an upload: either the bytes of a text file, or the rows of a sheet."""

    name: str
    text: bytes | None = None
    rows: list[list[str]] | None = None


def open_upload(data: bytes, name: str = "") -> Iterator[Document]:
    """The tables inside `data`, in archive order. `name` is what the sender called the file, '' if unknown.

    Raises BillError: empty_file, bad_zip, encrypted_zip, zip_bomb, not_xlsx.
    """
    if not data.strip():
        raise BillError("empty_file", "The file is empty.")
    claims_sheet = name.lower().endswith((".xlsx", ".xls"))
    if data[:4] == _OLE:
        raise BillError("not_xlsx", "This is an old Excel file; save it as XLSX or CSV.", {"name": name})
    if data[:4] == _ZIP:
        yield from _zip(data, name, claims_sheet)
    elif claims_sheet:
        raise BillError("not_xlsx", "The file is called XLSX but is not one.", {"name": name})
    elif data[:2] == _GZIP:
        yield Document(name.removesuffix(".gz"), text=_gunzip(data))
    else:
        yield Document(name, text=data)


def _zip(data: bytes, name: str, claims_sheet: bool) -> Iterator[Document]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _DAMAGE as exc:
        code, text = ("not_xlsx", "The XLSX is damaged.") if claims_sheet else ("bad_zip", "The archive is damaged.")
        raise BillError(code, text, {"name": name}) from exc
    with archive:
        _check_size(archive)
        members = {_member_name(info): info for info in archive.infolist() if not info.is_dir()}
        if "xl/workbook.xml" in members:
            yield Document(name, rows=_sheet(data, name))
        elif claims_sheet:
            raise BillError("not_xlsx", "The file is called XLSX but holds no workbook.", {"name": name})
        else:
            for member, info in members.items():
                if member.lower().endswith(_TABLE_SUFFIXES):
                    content = _extract(archive, info, member)
                    sheet = _sheet(content, member) if member.lower().endswith(".xlsx") else None
                    yield Document(member, text=None if sheet is not None else content, rows=sheet)


def _check_size(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    unpacked = sum(info.file_size for info in infos)
    packed = max(sum(info.compress_size for info in infos), 1)
    sizes = {"members": len(infos), "unpacked": unpacked, "packed": packed}
    if unpacked > MAX_BYTES or (unpacked > RATIO_FROM and unpacked > packed * MAX_RATIO):
        raise BillError("zip_bomb", "The archive unpacks to far more than a bill can be.", sizes)
    if len(infos) > MAX_MEMBERS and not any(info.filename == "xl/workbook.xml" for info in infos):
        raise BillError("zip_bomb", "The archive holds too many files.", sizes)


def _member_name(info: zipfile.ZipInfo) -> str:
    """Alipay names members in GBK without saying so; zipfile then reads the bytes as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return info.filename


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, member: str) -> bytes:
    if info.flag_bits & 0x1:
        raise BillError("encrypted_zip", "The archive asks for a password.", {"name": member})
    try:
        with archive.open(info) as stream:
            content = stream.read(info.file_size + 1)
    except _DAMAGE as exc:
        raise BillError("bad_zip", "The archive is damaged.", {"name": member}) from exc
    if len(content) > info.file_size:
        raise BillError("zip_bomb", "A member is larger than the archive says.", {"name": member})
    if content[:4] == _ZIP and member.lower().endswith(".xlsx"):
        _check_inner(content, member)
    return content


def _check_inner(content: bytes, member: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as inner:
            _check_size(inner)
    except _DAMAGE as exc:
        raise BillError("not_xlsx", "The XLSX is damaged.", {"name": member}) from exc


def _gunzip(data: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(data)) as stream:
            content = stream.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as exc:
        raise BillError("bad_zip", "The archive is damaged.") from exc
    if len(content) > MAX_BYTES:
        raise BillError("zip_bomb", "The archive unpacks to far more than a bill can be.", {"packed": len(data)})
    return content


def _sheet(data: bytes, name: str) -> list[list[str]]:
    """Rows of the first sheet that has any, as texts; whole numbers without the `.0` a spreadsheet gives them."""
    try:
        workbook = opened(data, _SHEET_LIMITS)
        sheets = (workbook.get_sheet_by_name(title) for title in workbook.sheet_names)
        rows = next((rows for sheet in sheets if (rows := sheet.to_python(skip_empty_area=False))), [])
    except WorkbookError as exc:
        if exc.code == "not_xlsx":
            raise BillError("not_xlsx", "The XLSX cannot be read.", {"name": name}) from exc
        raise BillError("zip_bomb", "The archive unpacks to far more than a bill can be.", exc.params) from exc
    except (CalamineError, OSError, ValueError) as exc:
        raise BillError("not_xlsx", "The XLSX cannot be read.", {"name": name}) from exc
    return [[_cell(value) for value in row] for row in rows]


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)
