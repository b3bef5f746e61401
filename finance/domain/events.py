"""The facts of money, on streams `finance.statement:<id>`. Payloads hold ids, counts and amounts only."""

from core.events import EventType

# {"source", "shop_id", "rows", "matched", "explained", "unexplained", "residual_minor", "currency"}
STATEMENT_RECONCILED = EventType("finance.statement_reconciled")
# One per statement and cause: {"cause", "count", "gain_minor", "currency", "owner", "difference_ids": [at most 100]}
DIFFERENCE_FOUND = EventType("finance.difference_found")
