"""The facts of a parcel's life, on stream `fulfillment.parcel:<id>`; ids, numbers and amounts only."""

from core.events import EventType

# {"suborder_id", "order_id", "warehouse_id", "seq", "expected_g"}
PARCEL_OPENED = EventType("fulfillment.parcel_opened")
# {"weight_g"}: every unit verified
PARCEL_PACKED = EventType("fulfillment.parcel_packed")
# {"carrier", "waybill_no", "freight_fen"}
WAYBILL_BOUND = EventType("fulfillment.waybill_bound")
# {"order_id", "suborder_id", "warehouse_id", "carrier", "waybill_no", "weight_g", "freight_fen", "shipped_at",
#  "lines": [{"line_no", "sku_id", "qty", "net_minor"}]}
PARCEL_SHIPPED = EventType("fulfillment.parcel_shipped")
# {"status", "first_scan_at", "last_scan_at", "delivered_at"}
TRACKING_ADVANCED = EventType("fulfillment.tracking_advanced")
# {"node", "order_id", "suborder_id", "carrier", "waybill_no", "at"}: once per parcel and node
PARCEL_NODE = EventType("fulfillment.parcel_node")
# {"reason"}: taken apart before it left
PARCEL_VOIDED = EventType("fulfillment.parcel_voided")
