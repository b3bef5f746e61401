"""顺丰: 丰桥 pushes single scans of one or more waybills as JSON (older accounts: XML)."""

from integrations.carriers.adapter import Tracker
from integrations.carriers.sf import delivery, mapper

TRACKER = Tracker(
    key="sf",
    name="顺丰速运",
    verify=delivery.verify,
    delivery_key=delivery.delivery_key,
    probe=delivery.probe,
    read=mapper.read,
    answer=delivery.answer,
)
