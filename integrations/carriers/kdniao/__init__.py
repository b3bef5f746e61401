"""快递鸟: pushes several waybills at once, each with its whole history, as JSON in the form field `RequestData`."""

from integrations.carriers.adapter import Tracker
from integrations.carriers.kdniao import delivery, mapper

TRACKER = Tracker(
    key="kdniao",
    name="快递鸟",
    verify=delivery.verify,
    delivery_key=delivery.delivery_key,
    probe=delivery.probe,
    read=mapper.read,
    answer=delivery.answer,
)
