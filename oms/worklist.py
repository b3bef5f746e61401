"""What can need a person about orders: open holds, and orders that nothing is in stock for."""

from collections.abc import Collection, Mapping

from django.utils.translation import gettext_lazy as _

from core import vocabulary
from core.web.rule_words import Said, say
from core.worklist import Fix, Kind, Reason, Step, register
from oms.choices import HOLD_FIX, HOLD_REASON, in_words
from oms.domain.status import HoldReason
from oms.models import Hold
from oms.services import holds, suggested

_HOUR = 60
_RELEASE = Fix(_("Release"), suggested.release, "orders_edit")
_MATCH = Fix(_("Match to"), suggested.match, "listings_match", offers=suggested.matches)
FIXES: Mapping[HoldReason, Fix] = {
    **dict.fromkeys(
        (HoldReason.BLACKLIST, HoldReason.AMOUNT, HoldReason.VELOCITY, HoldReason.DUPLICATE, HoldReason.NOTE,
         HoldReason.RULE, HoldReason.CURRENCY, HoldReason.MANUAL, HoldReason.TEST_ORDER),
        _RELEASE,
    ),
    HoldReason.FINANCE: Fix(_("Release"), suggested.release, "finance_edit"),
    HoldReason.UNROUTABLE: Fix(_("Route again"), suggested.release, "orders_edit"),
    HoldReason.ADDRESS: Fix(_("Confirm as"), suggested.confirm_guess, "orders_edit", offers=suggested.guesses),
    HoldReason.SKU_UNMATCHED: _MATCH,
    HoldReason.SKU_CHANGED: _MATCH,
}  # fmt: skip
STEP = {**dict.fromkeys(HoldReason, Step.UNDERSTAND), HoldReason.UNROUTABLE: Step.ROUTE}
# The founding document's stage "risk and address" is minutes; what hangs on others gets hours.
MINUTES: Mapping[HoldReason, int] = {
    **dict.fromkeys(HoldReason, _HOUR),
    **dict.fromkeys((HoldReason.ADDRESS, HoldReason.SKU_UNMATCHED, HoldReason.SKU_CHANGED), 30),
    **dict.fromkeys((HoldReason.PLATFORM, HoldReason.REFUND_REQUESTED, HoldReason.STOPPED_AREA), 24 * _HOUR),
}


def _matched(refs: Collection[int]) -> Mapping[int, list[str]]:
    """Hold → what its rules saw, a line per rule."""
    rows = Hold.objects.filter(id__in=refs, trace__isnull=False).values_list("id", "trace")
    risk = vocabulary.get("risk")
    return {ref: [" · ".join(_fact(one) for one in say(risk, hit["facts"])) for hit in trace or () if hit["rule"]]
            for ref, trace in rows}  # fmt: skip


def _fact(one: Said) -> str:
    return f"{one.label} {one.value if one.fact is None else one.fact}"


register(
    Kind(
        number=1, name="hold", permission="orders_view", page="oms:order",
        sql="""SELECT h.id, h.reason, o.id, o.order_no, h.detail, o.shop_id, NULL::bigint, h.owner, h.opened_at,
                      o.id
                 FROM oms_hold h JOIN oms_order o ON o.id = h.order_id WHERE h.released_at IS NULL""",
        reasons=[
            Reason(
                code, label, STEP[code], MINUTES[code], HOLD_FIX[code], FIXES.get(code),
                FIXES[code] if code == HoldReason.FINANCE else _RELEASE,
            )
            for code, label in HOLD_REASON
        ],
        says=in_words,
        explains=_matched,
        give=holds.give,
    )
)  # fmt: skip
register(
    Kind(
        number=2, name="backorder", permission="orders_view", page="oms:order",
        sql="""SELECT o.id, 'backordered', o.id, o.order_no,
                      (SELECT coalesce(string_agg(k.code || ' ×' || s.qty, ', ' ORDER BY k.code), '')
                         FROM oms_shortage s JOIN catalog_sku k ON k.id = s.sku_id WHERE s.order_id = o.id),
                      o.shop_id, NULL::bigint, 'ops', o.captured_at, o.id
                 FROM oms_order o WHERE o.status = 'backordered'""",
        reasons=[
            Reason(
                "backordered", _("out of stock"), Step.ROUTE, 24 * _HOUR,
                _("Receive the goods: orders go on by themselves. Or look again whether they are there."),
                Fix(_("Look for stock again"), suggested.find_stock, "orders_edit"),
            )
        ],
    )
)  # fmt: skip
