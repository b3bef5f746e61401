"""What can need a person after the sale. Tickets have a desk of their own; here is what stands beside it."""

from django.utils.translation import gettext_lazy as _

from aftersales.services import suggested
from core.templatetags.onerope import money
from core.worklist import Fix, Kind, Reason, Step, register


def _sum(detail: str) -> str:
    currency, minor = detail.split()
    return money(int(minor), currency)


register(
    Kind(
        number=16, name="refund", permission="refund_approve", page="aftersales:ticket",
        sql="""SELECT y.id, 'refund_approval', y.order_id, o.order_no, y.currency || ' ' || y.amount_minor, o.shop_id,
                      NULL::bigint, 'finance', y.requested_at, y.ticket_id
                 FROM aftersales_refundpayment y JOIN oms_order o ON o.id = y.order_id WHERE y.status = 'requested'""",
        reasons=[
            Reason("refund_approval", _("refund waits for approval"), Step.AFTERSALES, 4 * 60,
                   _("Compare with the ticket, then approve"),
                   Fix(_("Approve"), suggested.approve, "refund_approve", confirm=_("Approve these refunds?")))
        ],
        says=_sum,
    )
)  # fmt: skip
register(
    Kind(
        number=17, name="refund_excess", permission="finance_view", page="oms:order",
        sql="""SELECT r.order_id, 'refund_excess', r.order_id, o.order_no, o.currency || ' ' || r.excess_minor,
                      o.shop_id, NULL::bigint, 'finance', o.updated_at, r.order_id
                 FROM aftersales_refundable r JOIN oms_order o ON o.id = r.order_id WHERE r.excess_minor > 0""",
        reasons=[
            Reason("refund_excess", _("more was refunded than was paid"), Step.SETTLE, 24 * 60,
                   _("Ask the platform why; nothing more of the order is paid until then"))
        ],
        says=_sum,
    )
)  # fmt: skip
register(
    Kind(
        number=18, name="unknown_return", permission="shipments_view", page="aftersales:return",
        sql="""SELECT r.id, 'unknown_return', r.order_id, coalesce(nullif(r.waybill_no, ''), 'R' || r.id), r.carrier,
                      o.shop_id, r.warehouse_id, 'cs', coalesce(r.arrived_at, r.expected_at), r.id
                 FROM aftersales_returnparcel r LEFT JOIN oms_order o ON o.id = r.order_id
                WHERE r.ticket_id IS NULL AND r.status = 'arrived'""",
        reasons=[
            Reason("unknown_return", _("nobody expects this return"), Step.AFTERSALES, 8 * 60,
                   _("Find its order and ticket, then put it away"))
        ],
    )
)  # fmt: skip
