"""The facts of an order's life, on stream `oms.order:<id>`. Payloads hold ids, amounts and masked text, never a
receiver's data. Times inside payloads are ISO 8601 UTC texts."""

from core.events import EventType

# {"order": {header facts}, "lines": [{line}], "changes": []}; amended repeats it whole, with what changed named.
CAPTURED = EventType("oms.order_captured")
AMENDED = EventType("oms.order_amended")
# {"content_hash", "modified_at", "in_force"}: a version older than the one in force came late; nothing changed.
VERSION_IGNORED = EventType("oms.order_version_ignored")
# {"modified_at"}: the version in force was told again with a later time, so what is older than that comes too late.
VERSION_CONFIRMED = EventType("oms.order_version_confirmed")
# {"seq", "reason", "detail", "owner", "blocks": [step], "trace": [what matched] or None} / {"seq", "by", "note"}
HOLD_OPENED = EventType("oms.hold_opened")
HOLD_RELEASED = EventType("oms.hold_released")
# {"seq", "detail", "trace"}: the same reason still, for another cause
HOLD_RESTATED = EventType("oms.hold_restated")
# {"seq", "owner"}
HOLD_TAKEN = EventType("oms.hold_taken")
# {"skus": {line_no: sku_id}, "doubts"?: {line_no: the SKU its listing stood for before its merchant code changed}}
LINES_MATCHED = EventType("oms.lines_matched")
# {"receiver_id", "receiver_name", …the receiver columns of the header}: corrected by a person
ADDRESS_FIXED = EventType("oms.address_fixed")
# The same columns, by an answer remembered from another order (`address_rule_id`) / by its withdrawal.
ADDRESS_SETTLED = EventType("oms.address_settled")
ADDRESS_REOPENED = EventType("oms.address_reopened")
# {"decision_id", "suborders": [{"id", "seq", "warehouse_id", "goods_minor", "freight_minor", "freight_estimate_fen",
#  "weight_g", "lines": [{"id", "line_no", "line_units", "sku_id", "qty", "net_minor"}]}]}: routed there and reserved
ALLOCATED = EventType("oms.order_allocated")
# {"shortages": {sku_id: qty}} / {}
BACKORDERED = EventType("oms.order_backordered")
WOKEN = EventType("oms.order_woken")
# {"suborder_id", "to"}
SUBORDER_MOVED = EventType("oms.suborder_moved")
# {"suborder_id", "parcels": [{"carrier", "waybill_no"}], "lines": [{"sku_id", "qty", "net_minor"}],
#  "share"?: {"place", "of"}: the parcel holds the goods of so many orders, this is the place-th (from 0)}
SUBORDER_SHIPPED = EventType("oms.suborder_shipped")
# {"suborder_id", "lines": {suborder_line_id: {"qty", "line_units", "net_minor"}}}: less is wanted than was
SUBORDER_TRIMMED = EventType("oms.suborder_trimmed")
# {"suborder_id", "reason", "merge_id"?: the merge it was part of}
SUBORDER_CANCELLED = EventType("oms.suborder_cancelled")
# {"reason"}
CANCELLED = EventType("oms.order_cancelled")
# {"refund_no", "line_id", "kind", "status", "amount_minor", "qty", "modified_at"}
REFUND_REPORTED = EventType("oms.refund_reported")
# {"text"}: something a person should see on the timeline
NOTED = EventType("oms.order_noted")
# {"merge_id", "suborder_id", "order_ids": [all that leave together], "warehouse_id", "rule": name or "", "note"}: this
# sub-order leaves in one parcel with those of the other orders
MERGED = EventType("oms.order_merged")
# {"merge_id", "suborder_id", "reason"}: it goes by itself again
PARTED = EventType("oms.order_parted")
# {"no_split", "no_merge", "reason"}: both seals as they stand from now on
SEALED = EventType("oms.order_sealed")
