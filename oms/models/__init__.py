from oms.models.address_rule import AddressRule
from oms.models.blacklist import BlacklistEntry
from oms.models.decision import RoutingDecision
from oms.models.order import Hold, Order, OrderLine, Refund, Shortage
from oms.models.suborder import SubOrder, SubOrderLine

__all__ = [
    "AddressRule",
    "BlacklistEntry",
    "Hold",
    "Order",
    "OrderLine",
    "Refund",
    "RoutingDecision",
    "Shortage",
    "SubOrder",
    "SubOrderLine",
]
