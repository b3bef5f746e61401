"""Cells to values, written for whole columns at a time: a bill may have a million rows. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from core import money
from finance.domain.bills.line import BillError

CHINA = timezone(timedelta(hours=8))
_UNIT = re.compile(r"[（(][^（）()]*[元%][^（）()]*[）)]")
# Tried with "+0800" put behind the text, then without.
_FORMATS = [
    "%Y/%m/%d %H:%M:%S%z", "%Y/%m/%d %H:%M%z", "%Y/%m/%d%z", "%Y年%m月%d日 %H:%M:%S%z", "%Y年%m月%d日%z",
    "%m/%d/%Y %H:%M:%S%z", "%m/%d/%Y %H:%M%z", "%m/%d/%Y%z", "%b %d, %Y%z", "%Y-%m-%d %H:%M:%S %z",
]  # fmt: skip
_EXCEL_EPOCH = datetime(1899, 12, 30, tzinfo=CHINA)


def header_name(cell: str) -> str:
    """A column's name without its unit, spaces and quoting: `收入金额（+元）` and `收入金额(元)` are one column."""
    return _UNIT.sub("", clean(cell).lstrip("\ufeff")).replace(" ", "").replace("\u3000", "").strip("#*").lower()


def clean(cell: str) -> str:
    """A cell without TABs, spaces, a leading backquote, or Excel's `="…"` shield."""
    cell = cell.strip()
    if cell.startswith('="') and cell.endswith('"'):
        cell = cell[2:-1]
    return cell.lstrip("`'").strip() if cell[:1] in "`'" else cell


class Amounts(dict[str, int]):
    """Text -> minor units, remembered: the same price comes again and again. '' and '-' are nothing."""

    def __init__(self, currency: str = "CNY") -> None:
        self.currency = currency

    def __missing__(self, text: str) -> int:
        bare = clean(text).lstrip("¥￥$+").replace("，", ",")
        try:
            value = money.to_minor(bare, self.currency) if bare not in {"", "-", "--", "/"} else 0
        except ValueError as exc:
            raise BillError("bad_amount", "A cell is not an amount.", {"cell": text[:40]}) from exc
        self[text] = value
        return value


def moments(texts: Sequence[str]) -> list[datetime]:
    """Aware times of a column; times without a zone are China's. Raises BillError (bad_time)."""
    try:
        return [datetime.fromisoformat(text + "+08:00") for text in texts]
    except ValueError:
        return [moment(text) for text in texts]


def moment(text: str) -> datetime:
    text = text.strip().replace("：", ":")
    try:
        return _aware(datetime.fromisoformat(text))
    except ValueError:
        pass
    for pattern in _FORMATS:
        for candidate in (f"{text}+0800", text):
            try:
                return datetime.strptime(candidate, pattern)  # noqa: DTZ007 -- every pattern has a zone
            except ValueError:
                continue
    if re.fullmatch(r"[34]\d{4}(\.\d+)?", text):  # a spreadsheet's day number
        return _EXCEL_EPOCH + timedelta(days=float(text))
    raise BillError("bad_time", "A cell is not a time.", {"cell": text[:40]})


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=CHINA) if value.tzinfo is None else value.astimezone(UTC)


_TID_IN_TEXT = re.compile(r"(?<!\d)\d{16,19}(?!\d)")


def order_ref(merchant_no: str) -> str:
    """The order number behind 商户订单号: Alipay writes Taobao orders as `T200P` + tid."""
    if merchant_no[:5] == "T200P":
        return merchant_no[5:]
    if merchant_no[:1] == "T":
        head, _p, tid = merchant_no.partition("P")
        if head[1:].isdigit() and tid.isdigit():
            return tid
    return merchant_no


def tid_in(text: str) -> str:
    """The Taobao order number in a remark such as `天猫佣金（类目）{3226563123456789012}扣款`, '' if there is none."""
    found = _TID_IN_TEXT.search(text)
    return found[0] if found else ""
