"""What people call the things of `finance.domain`."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from finance.domain.bills import Kind, Source
from finance.domain.ledger import Account, EntryKind
from finance.domain.matching import Cause, Reason, Side
from finance.domain.states import DifferenceState

SOURCE = [
    (Source.ALIPAY, _("Alipay")),
    (Source.WECHAT, _("WeChat Pay")),
    (Source.JD, _("JD settlement")),
    (Source.GENERIC, _("other table")),
]

KIND = [
    (Kind.PAYMENT, pgettext_lazy("bill", "payment")),
    (Kind.REFUND, pgettext_lazy("bill", "refund")),
    (Kind.FEE, pgettext_lazy("bill", "platform fee")),
    (Kind.FEE_REFUND, pgettext_lazy("bill", "fee given back")),
    (Kind.TRANSFER, pgettext_lazy("bill", "transfer")),
    (Kind.WITHDRAWAL, pgettext_lazy("bill", "withdrawal")),
    (Kind.FREIGHT, pgettext_lazy("bill", "freight")),
    (Kind.DISCOUNT, pgettext_lazy("bill", "merchant's coupon")),
    (Kind.OTHER, pgettext_lazy("bill", "other")),
]

CAUSE = [
    (Cause.MATCHED, _("matched")),
    (Cause.AMOUNT_MISMATCH, _("amount differs")),
    (Cause.PLATFORM_ONLY, _("only on the platform's side")),
    (Cause.LOCAL_ONLY, _("only on our side")),
    (Cause.STATUS_MISMATCH, _("status differs")),
    (Cause.DUPLICATE, _("paid or refunded twice")),
    (Cause.TIMING, _("not settled yet")),
    (Cause.ROUNDING, _("rounding")),
    (Cause.FEE, _("fee")),
    (Cause.TRANSFER, _("own transfer")),
]

REASON = [
    (Reason.ORDER_AND_AMOUNT, _("order number and amount agree")),
    (Reason.NET_OF_REFUND, _("paid out after deducting the refund")),
    (Reason.WITHIN_TOLERANCE, _("within the tolerance")),
    (Reason.KIND_OF_LINE, _("by the kind of the line")),
    (Reason.SAME_TRADE_TWICE, _("same trade number and amount twice")),
    (Reason.TOO_MUCH, _("the platform has more than we expect")),
    (Reason.TOO_LITTLE, _("the platform has less than we expect")),
    (Reason.OTHER_CURRENCY, _("another currency than the order's")),
    (Reason.NEVER_PAID_HERE, _("the order is not paid with us")),
    (Reason.NEVER_REFUNDED_HERE, _("no refund is known with us")),
    (Reason.NO_SUCH_ORDER, _("we have no such order")),
    (Reason.NO_ORDER_NAMED, _("the line names no order")),
    (Reason.SEVERAL_ORDERS, _("several orders share this number")),
    (Reason.NOT_SETTLED_YET, _("the platform has time left to settle")),
    (Reason.NEVER_SETTLED, _("the platform should have settled by now")),
]

SIDE = [(Side.PAYMENT, pgettext_lazy("bill", "payment")), (Side.REFUND, pgettext_lazy("bill", "refund"))]

DIFFERENCE_STATE = [
    (DifferenceState.OPEN, _("to be settled")),
    (DifferenceState.EXPLAINED, _("explained")),
    (DifferenceState.APPROVED, pgettext_lazy("difference", "approved")),
    (DifferenceState.GONE, _("resolved by itself")),
]

ACCOUNT = [
    (Account.BANK, pgettext_lazy("account", "bank")),
    (Account.WALLET_ALIPAY, pgettext_lazy("account", "Alipay wallet")),
    (Account.WALLET_WECHAT, pgettext_lazy("account", "WeChat wallet")),
    (Account.WALLET_JD, pgettext_lazy("account", "JD wallet")),
    (Account.WALLET_OTHER, pgettext_lazy("account", "other wallet")),
    (Account.RECEIVABLE, pgettext_lazy("account", "due from platforms")),
    (Account.INVENTORY, pgettext_lazy("account", "inventory")),
    (Account.PACKING_STOCK, pgettext_lazy("account", "packing material")),
    (Account.FREIGHT_PAYABLE, pgettext_lazy("account", "freight payable")),
    (Account.CONTRACT_LIABILITY, pgettext_lazy("account", "paid, not yet shipped")),
    (Account.LABOUR_PAYABLE, pgettext_lazy("account", "wages payable")),
    (Account.SUSPENSE, pgettext_lazy("account", "to be cleared")),
    (Account.REVENUE, pgettext_lazy("account", "sales")),
    (Account.RETURNS, pgettext_lazy("account", "sales returns")),
    (Account.OTHER_INCOME, pgettext_lazy("account", "other income")),
    (Account.GOODS_COST, pgettext_lazy("account", "cost of goods")),
    (Account.FREIGHT_COST, pgettext_lazy("account", "freight")),
    (Account.PLATFORM_FEE, pgettext_lazy("account", "platform fees")),
    (Account.DISCOUNT, pgettext_lazy("account", "merchant's coupons")),
    (Account.PACKING_COST, pgettext_lazy("account", "packing")),
    (Account.LABOUR_COST, pgettext_lazy("account", "labour")),
    (Account.ROUNDING, pgettext_lazy("account", "rounding differences")),
    (Account.OTHER_LOSS, pgettext_lazy("account", "other losses")),
]

ENTRY_KIND = [
    (EntryKind.SALE, pgettext_lazy("journal entry", "sale")),
    (EntryKind.REVENUE, pgettext_lazy("journal entry", "revenue")),
    (EntryKind.REFUND, pgettext_lazy("journal entry", "refund")),
    (EntryKind.DISPATCH, pgettext_lazy("journal entry", "dispatch")),
    (EntryKind.RETURN, pgettext_lazy("journal entry", "goods returned")),
    (EntryKind.SETTLEMENT, pgettext_lazy("journal entry", "settlement")),
    (EntryKind.ADJUSTMENT, pgettext_lazy("journal entry", "adjustment")),
]

# By the stable codes of finance.domain.bills.BillError.
BILL_ERROR = {
    "empty_file": _("The file is empty."),
    "bad_zip": _("The archive is damaged."),
    "encrypted_zip": _("The archive asks for a password; unpack it first."),
    "zip_bomb": _("The archive unpacks to far more than a bill can be."),
    "not_xlsx": _("This is not an XLSX file that can be read; save it as XLSX or CSV."),
    "bad_encoding": _("The text is neither UTF-8 nor GBK, or it is damaged."),
    "truncated": _("The file ends in the middle; download it again."),
    "no_header": _("No table with the columns of such a bill was found."),
    "unknown_columns": _("The table lacks columns that we need."),
    "wrong_source": _("This is another platform's bill."),
    "personal_statement": _("This is a personal statement; export the merchant's bill instead."),
    "bad_row": _("A row cannot be read."),
    "bad_amount": _("A cell is not an amount."),
    "bad_time": _("A cell is not a time."),
    "mixed_currencies": _("The file mixes currencies; import one file per currency."),
}

# By the codes that stand before the colon in a bill's warnings.
BILL_WARNING = {
    "totals_mismatch": _("The file's own totals differ from its rows"),
    "no_footer": _("The file has no closing line; it may be incomplete"),
    "stray_comma": _("A comma inside a name was mended"),
}
