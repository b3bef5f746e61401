"""What orders listen to and what the sweeper watches."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core import vocabulary
from core.models import Event
from core.subscriptions import subscribe
from core.sweeper import watch
from core.web import nav
from core.web.paging import capped_count
from oms.rule_fields import MERGE_RULES, RISK_RULES, ROUTING_RULES
from oms.selectors.merges import STALE, UNMERGED, proposals
from oms.services import merging
from oms.services.address_rules import ANSWERED, WITHDRAWN
from oms.services.matching import KNOWN_NOW
from oms.services.rescreening import UNFINISHED, UNWALKED
from oms.services.wake import wake


def on_stock_arrived(events: Sequence[Event]) -> None:
    wake({sku_id for event in events for sku_id in event.payload["sku_ids"]})


def on_left_merge(events: Sequence[Event]) -> None:
    merging.dissolve({event.payload["merge_id"] for event in events if event.payload.get("merge_id")})


subscribe("oms.merges", ["oms.order_parted", "oms.suborder_cancelled"], local=on_left_merge)
subscribe("oms.backorders", ["inventory.stock_arrived"], local=on_stock_arrived)

watch("oms.tasks.allocate", "SELECT 1 FROM oms_order WHERE allocatable")
watch("oms.tasks.settle_addresses", f"SELECT 1 {ANSWERED} UNION ALL SELECT 1 {WITHDRAWN}")
watch("oms.tasks.rescreen", f"SELECT 1 {UNFINISHED} UNION ALL SELECT 1 {UNWALKED}")
watch("oms.tasks.merge", f"SELECT 1 {UNMERGED} UNION ALL SELECT 1 {STALE}")
watch("oms.tasks.rematch", f"SELECT 1 {KNOWN_NOW}")
watch(
    "oms.tasks.expire_reservations",
    "SELECT 1 FROM inventory_reservation WHERE state = 'pending' AND expires_at < now()",
)

vocabulary.register(RISK_RULES)
vocabulary.register(ROUTING_RULES)
vocabulary.register(MERGE_RULES)
nav.add(20, _("Orders"), "oms:orders", "clipboard-list", "orders_view")


def waiting_merges(user: nav.User) -> int:
    return capped_count(proposals(user), nav.BADGE_CAP)


nav.add(25, _("Merges"), "oms:merges", "arrows-join", "orders_view", badge=waiting_merges)

nav.add(32, _("Unmatched products"), "oms:products", "tag", "listings_match")
