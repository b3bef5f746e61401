"""What goes out to others: ship confirmations to platforms, customer nodes to the CRM; and who fetches waybills."""

from django.utils.translation import gettext_lazy as _

from core.subscriptions import subscribe
from core.sweeper import watch
from core.web import nav
from fulfillment import ports
from integrations.carriers.gateway import HttpGateway
from integrations.selectors.completeness import open_gaps
from integrations.services import crm_push, ship_back
from integrations.services.pull import leases

ports.provide(HttpGateway())

subscribe("integrations.ship_back", ["fulfillment.parcel_shipped"], remote=ship_back.on_shipped)
subscribe("integrations.crm", ["fulfillment.parcel_node"], remote=crm_push.on_node)

watch(
    "integrations.tasks.drain_inbox",
    "SELECT 1 FROM core_inboxmessage WHERE state IN ('new', 'doing') AND next_attempt_at <= now()"
    " AND (lease_until IS NULL OR lease_until < now())",
)
watch("integrations.tasks.pull_orders", leases.WAITING)
nav.add(125, _("Completeness"), "integrations:completeness", "list-check", "inbox_view", badge=open_gaps)
nav.add(130, _("Messages"), "integrations:messages", "inbox", "inbox_view")
