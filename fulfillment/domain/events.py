"""The facts of a parcel's life, on stream `fulfillment.parcel:<id>`; ids, numbers and amounts only. Times inside
payloads are ISO 8601 UTC texts."""

from core.events import EventType

# {"suborder_id", "order_id", "warehouse_id", "seq", "expected_g", "shares"?: [{"suborder_id", "order_id"}]}: all that
# share it where it holds the goods of several orders, the first of them first
PARCEL_OPENED = EventType("fulfillment.parcel_opened")
# {"expected_g"}: less goes into it than was planned
PARCEL_REFORECAST = EventType("fulfillment.parcel_reforecast")
# {"weight_g", "expected_g", "checks": [what the packer confirmed], "overrule": why the scale was overruled, or ""}:
# every unit verified
PARCEL_PACKED = EventType("fulfillment.parcel_packed")
# {"carrier", "waybill_no", "freight_fen"}
WAYBILL_BOUND = EventType("fulfillment.waybill_bound")
# {"carrier", "waybill_no", "reason"}: the parcel has no number any more
WAYBILL_VOIDED = EventType("fulfillment.waybill_voided")
# {"order_id", "suborder_id", "warehouse_id", "carrier", "waybill_no", "weight_g", "freight_fen", "shipped_at",
#  "lines": [{"line_no", "sku_id", "qty", "net_minor"}]}: freight by the weight on our scale. Told once for each order
#  in it, with that order's lines and its part of the freight
PARCEL_SHIPPED = EventType("fulfillment.parcel_shipped")
# {"status", "first_scan_at", "last_scan_at", "delivered_at"}
TRACKING_ADVANCED = EventType("fulfillment.tracking_advanced")
# {"node": picked_up|delivered|exception, "order_id", "suborder_id", "carrier", "waybill_no", "at": of the carrier's
#  scan, "late": the parcel had gone past this when we learnt of it}: once per order in the parcel and node
PARCEL_NODE = EventType("fulfillment.parcel_node")
# {"reason"}: taken apart before it left
PARCEL_VOIDED = EventType("fulfillment.parcel_voided")
