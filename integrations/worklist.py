"""What can need a person between us and others: messages nobody could apply, orders that did not come, pushes that did
not arrive."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from core.domain.masking import mask_text
from core.worklist import Fix, Kind, Reason, Step, register
from integrations.channels.labels import explain
from integrations.selectors.completeness import STUCK_AFTER, TROUBLES
from integrations.services import suggested

# A message's shop: its source is channel:<platform>:<code>. One of a carrier belongs to no shop.
SHOP_OF = "LEFT JOIN catalog_shop s ON {source} = 'channel:' || s.platform || ':' || s.code"


def _trouble(code: str) -> Any:
    return TROUBLES.get(code, explain(code))


register(
    Kind(
        number=32, name="message", permission="inbox_view", page="integrations:message", says=explain,
        sql=f"""SELECT m.id, 'message_parked', NULL::bigint, 'M' || m.id, m.error_code, s.id, NULL::bigint, 'ops',
                       m.received_at, m.id
                  FROM core_inboxmessage m {SHOP_OF.format(source="m.source")} WHERE m.state = 'dead'""",  # noqa: S608
        reasons=[
            Reason("message_parked", _("message could not be applied"), Step.CAPTURE, 30,
                   _("Read why; once that is mended, replay it"),
                   Fix(_("Replay"), suggested.replay, "inbox_replay"))
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=33, name="delivery", permission="inbox_view", page="integrations:messages", says=mask_text,
        sql="""SELECT d.id, CASE d.subscriber WHEN 'integrations.ship_back' THEN 'ship_back_failed'
                                              WHEN 'integrations.crm' THEN 'crm_failed' ELSE 'event_failed' END,
                      p.order_id, coalesce(o.order_no, d.stream), left(d.last_error, 200), o.shop_id, p.warehouse_id,
                      'ops', d.created_at, NULL::bigint
                 FROM core_delivery d
                 LEFT JOIN fulfillment_parcel p ON d.stream = 'fulfillment.parcel:' || p.id
                 LEFT JOIN oms_order o ON o.id = p.order_id
                WHERE d.state = 'dead'""",
        reasons=[
            Reason("ship_back_failed", _("platform did not take the shipment"), Step.SHIP, 60,
                   _("Mend what the platform complains of, then tell it again"),
                   Fix(_("Tell again"), suggested.tell_again, "inbox_replay")),
            Reason("crm_failed", _("customer was not told"), Step.SHIP, 8 * 60,
                   _("See that the other side answers, then tell it again"),
                   Fix(_("Tell again"), suggested.tell_again, "inbox_replay")),
            Reason("event_failed", _("an event could not be processed"), Step.SHIP, 30,
                   _("An error of ours: tell whoever runs the system, then try again"),
                   Fix(_("Try again"), suggested.tell_again, "inbox_replay")),
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=34, name="gap", permission="inbox_view", page="integrations:completeness",
        sql="""SELECT h.id, 'orders_missing', NULL::bigint,
                      to_char(h.hour AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:00'),
                      '×' || cardinality(h.missing) || ' ' || array_to_string(h.missing[1:5], ' '), h.shop_id,
                      NULL::bigint, 'ops', h.hour, NULL::bigint
                 FROM integrations_shophour h WHERE h.missing <> '{}'""",
        reasons=[
            Reason("orders_missing", _("the platform has orders that we have not"), Step.CAPTURE, 60,
                   _("They are asked for by number; pull the hour again when the platform is well"),
                   Fix(_("Pull again"), suggested.pull_hours, "inbox_replay"))
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=35, name="fetch", permission="inbox_view", page="integrations:completeness", says=_trouble,
        sql=f"""SELECT f.id, 'order_not_given', NULL::bigint, f.order_no, f.error_code, f.shop_id, NULL::bigint, 'ops',
                       f.created_at, NULL::bigint
                  FROM integrations_orderfetch f WHERE f.attempts >= {STUCK_AFTER}""",  # noqa: S608 - a constant
        reasons=[
            Reason("order_not_given", _("the platform does not give an order"), Step.CAPTURE, 60,
                   _("See on the platform whether it exists, then ask again"),
                   Fix(_("Ask again"), suggested.fetch_again, "inbox_replay"))
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=36, name="pull", permission="inbox_view", page="integrations:completeness", says=_trouble,
        sql="""SELECT p.id, 'list_unreadable', NULL::bigint, s.name, p.error_code, p.shop_id, NULL::bigint, 'ops',
                      coalesce(p.succeeded_at, p.since), NULL::bigint
                 FROM integrations_shoppull p JOIN catalog_shop s ON s.id = p.shop_id AND s.is_active
                WHERE p.error_code <> '' AND p.failures >= 3""",
        reasons=[
            Reason("list_unreadable", _("a shop's order list cannot be read"), Step.CAPTURE, 30,
                   _("Mend keys or address of the shop, then read it now"),
                   Fix(_("Read now"), suggested.pull_now, "inbox_replay"))
        ],
    )
)  # fmt: skip
register(
    Kind(
        number=37, name="refused_push", permission="inbox_view", page="integrations:messages", says=explain,
        sql=f"""SELECT r.id, 'push_refused', NULL::bigint, r.source, r.reason, s.id, NULL::bigint, 'ops', r.hour,
                       NULL::bigint
                  FROM (SELECT DISTINCT ON (source, reason) * FROM core_refusedpush
                         WHERE hour > now() - interval '24 hours' ORDER BY source, reason, hour DESC) r
                  {SHOP_OF.format(source="r.source")}""",  # noqa: S608 - constants
        reasons=[
            Reason("push_refused", _("pushes are turned away at the door"), Step.CAPTURE, 60,
                   _("Compare the shop's secret with the platform's; a stranger's tries end by themselves"))
        ],
    )
)  # fmt: skip
