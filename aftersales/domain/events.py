"""The facts of after-sales, on streams `aftersales.ticket:<id>` and `aftersales.return:<id>`.

Payloads hold ids, amounts (minor units of `currency`) and codes; what people wrote to each other lies in the vault and
is named by `body_id`. Times inside payloads are ISO 8601 UTC texts.
"""

from core.events import EventType

# {"ticket": {header columns}, "lines": [{"line_no", "sku_id", "qty"}]}; header has "kind", "source", "order_id",
# "shop_id", "refund_no", "dedupe_key", "title", "amount_minor", "currency", "priority", "amber_at", "respond_by"
TICKET_OPENED = EventType("aftersales.ticket_opened")
# {"refund_no"}: the platform's application turned out to be about this ticket
TICKET_LINKED = EventType("aftersales.ticket_linked")
# {"kind", "platform_status", "platform_modified_at", "amount_minor"}: the platform said something newer
TICKET_REPORTED = EventType("aftersales.ticket_reported")
# {"assignee_id": int | None}
TICKET_ASSIGNED = EventType("aftersales.ticket_assigned")
# {"priority"}
TICKET_PRIORITISED = EventType("aftersales.ticket_prioritised")
# {"seq", "kind": "note" | "reply", "body_id", "author"}; the first reply is the first response
TICKET_WRITTEN = EventType("aftersales.ticket_written")
# {"action", "status", "amber_at", "respond_by", "resolution", "fault"}: through the lifecycle in `ticket_flow`
TICKET_MOVED = EventType("aftersales.ticket_moved")
# {"order_id"}: a new order will bring the buyer what this one did not
TICKET_REPLACED = EventType("aftersales.ticket_replaced")

# The four below share {"payment_id", "ticket_id", "order_id", "platform", "shop_id", "order_no", "refund_no",
# "amount_minor", "currency", "channel": "platform" | "direct"}. Requested holds the amount against what was paid;
# approved: may be paid; succeeded: the money has moved; withdrawn: it will not.
REFUND_REQUESTED = EventType("aftersales.refund_requested")
REFUND_APPROVED = EventType("aftersales.refund_approved")
REFUND_SUCCEEDED = EventType("aftersales.refund_succeeded")
REFUND_WITHDRAWN = EventType("aftersales.refund_withdrawn")

# The returns share {"return_id", "ticket_id", "order_id", "warehouse_id", "carrier", "waybill_no"}; graded adds
# {"lines": [{"sku_id", "qty", "grade": "a" | "b" | "c" | "scrap", "bin_id", "unit_cost_fen"}]}: back in stock at that
# cost (grade a can be sold again; the others are on hand but frozen).
RETURN_EXPECTED = EventType("aftersales.return_expected")
RETURN_ARRIVED = EventType("aftersales.return_arrived")
RETURN_GRADED = EventType("aftersales.return_graded")
RETURN_CANCELLED = EventType("aftersales.return_cancelled")
