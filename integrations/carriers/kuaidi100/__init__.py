"""快递100: pushes one waybill's whole history, newest first, as JSON in the form field `param`."""

from integrations.carriers.adapter import Tracker
from integrations.carriers.kuaidi100 import delivery, mapper

TRACKER = Tracker(
    key="kuaidi100",
    name="快递100",
    verify=delivery.verify,
    delivery_key=delivery.delivery_key,
    probe=delivery.probe,
    read=mapper.read,
    answer=delivery.answer,
)
