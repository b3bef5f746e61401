from oms.models.address_rule import AddressRule
from oms.models.decision import RoutingDecision
from oms.models.merge import Merge, MergeLook, MergeProposal
from oms.models.order import Hold, Order, OrderLine, Refund, Shortage
from oms.models.risk import ListEntry, Rescreening, RuleHit
from oms.models.suborder import SubOrder, SubOrderLine

__all__ = [
    "AddressRule",
    "Hold",
    "ListEntry",
    "Merge",
    "MergeLook",
    "MergeProposal",
    "Order",
    "OrderLine",
    "Refund",
    "Rescreening",
    "RoutingDecision",
    "RuleHit",
    "Shortage",
    "SubOrder",
    "SubOrderLine",
]
