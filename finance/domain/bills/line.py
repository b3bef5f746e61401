"""One line of a platform's or bank's bill, in our words. Pure.

Amounts are minor units and never negative: `in_minor` came to us, `out_minor` left us.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from core.errors import Unreadable


class Kind(StrEnum):
    """What a line is about. A fee's sign may be reversed by its platform, hence the two directions."""

    PAYMENT = "payment"
    REFUND = "refund"
    FEE = "fee"
    FEE_REFUND = "fee_refund"
    TRANSFER = "transfer"
    WITHDRAWAL = "withdrawal"
    FREIGHT = "freight"
    DISCOUNT = "discount"  # a coupon the merchant bears, shown so that the order's full price still adds up
    OTHER = "other"


class Source(StrEnum):
    """Whose bill it is. `generic` is any table with columns we can name."""

    ALIPAY = "alipay"
    WECHAT = "wechat"
    JD = "jd"
    GENERIC = "generic"


class BillLine(NamedTuple):
    """`line_id` names the line for good: the same line in another file has the same one. `row_no` is the data row it
    came from (from 1); a row with a fee gives two lines. `order_ref` is the order number as the shop knows it, '' when
    the bill names none. `cells` is the row as the file has it."""

    line_id: str
    row_no: int
    kind: Kind
    occurred_at: datetime
    order_ref: str
    trade_no: str
    in_minor: int
    out_minor: int
    currency: str
    text: str
    cells: Sequence[str]

    def aside(self, suffix: str, kind: Kind, amount: int, *, inward: bool) -> "BillLine":
        """A second line out of the same row: its fee, its coupon."""
        into, out = (amount, 0) if inward else (0, amount)
        return self._replace(line_id=f"{self.line_id}:{suffix}", kind=kind, in_minor=into, out_minor=out)


class BillError(Unreadable):
    """The bytes are not the bill they should be. `code` is stable; `fields` say where and what was found.

    Codes: empty_file, bad_zip, encrypted_zip, zip_bomb, not_xlsx, bad_encoding, truncated, no_header, unknown_columns,
    wrong_source, personal_statement, bad_row, bad_amount, bad_time.
    """

    code = "unreadable_bill"

    def __init__(self, code: str, message: str, fields: Mapping[str, Any] | None = None) -> None:
        super().__init__(message, code=code, fields=fields)
