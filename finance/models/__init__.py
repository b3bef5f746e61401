from finance.models.invoice import Invoice
from finance.models.ledger import JournalEntry, Posting
from finance.models.receivable import CostRate, OrderCost, Receivable, RefundDue
from finance.models.statement import Difference, RepeatedLine, Statement, StatementLine
from finance.models.upload import Upload

__all__ = [
    "CostRate",
    "Difference",
    "Invoice",
    "JournalEntry",
    "OrderCost",
    "Posting",
    "Receivable",
    "RefundDue",
    "RepeatedLine",
    "Statement",
    "StatementLine",
    "Upload",
]
