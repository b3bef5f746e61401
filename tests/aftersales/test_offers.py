"""What can be done about a ticket, for every stage, kind and status."""

from itertools import product

import pytest

from aftersales.domain.resolution import HERE, Resolution, Stage, offers, stage_of
from aftersales.domain.ticket import TicketKind
from aftersales.domain.ticket_flow import OPEN, TicketStatus

GONE_FIRST = {
    "refund_only": "refund", "return_refund": "return", "exchange": "exchange", "reship": "reship", "lost": "reship",
    "damaged": "reship", "missing_or_wrong": "reship", "other": "answer",
}  # fmt: skip


@pytest.mark.parametrize(
    ("statuses", "wanted", "stage"),
    [
        ([], True, "before_pick"),
        ([], False, "nothing_left"),
        (["cancelled"], False, "nothing_left"),
        (["reserved"], False, "before_pick"),
        (["waved"], False, "picking"),
        (["picked"], False, "picking"),
        (["packed", "reserved"], False, "packed"),
        (["packed", "shipped"], False, "shipped"),
        (["shipped", "delivered", "cancelled"], False, "delivered"),
    ],
)
def test_the_stage_is_that_of_the_goods_which_got_furthest(statuses, wanted, stage):
    assert stage_of(statuses, still_wanted=wanted) == stage


@pytest.mark.parametrize(("kind", "stage", "status"), list(product(TicketKind, Stage, TicketStatus)))
def test_every_combination(kind, stage, status):
    made = offers(kind, stage, status)
    wanted = [offer.resolution for offer in made]
    if status not in OPEN or status is TicketStatus.REFUNDING:
        assert made == []
        return
    assert [offer.recommended for offer in made] == [True] + [False] * (len(made) - 1)
    assert wanted[-1] is Resolution.REJECT  # saying no is always possible while nothing is under way
    assert (Resolution.CANCEL in wanted) is (stage in HERE)
    takes_back = {Resolution.RETURN, Resolution.EXCHANGE}
    if status is TicketStatus.WAITING_GOODS:
        assert not takes_back & set(wanted)  # a parcel is on its way already
    elif stage in {Stage.SHIPPED, Stage.DELIVERED}:
        assert wanted[0] == GONE_FIRST[kind]
    if stage not in {Stage.SHIPPED, Stage.DELIVERED}:
        assert not takes_back & set(wanted)  # what has not left cannot come back
    if stage is Stage.NO_ORDER:
        assert wanted == [Resolution.ANSWER, Resolution.REJECT]


def test_the_rest_of_a_half_shipped_order_can_still_be_struck():
    def possible(some_here):
        return {offer.resolution for offer in offers("refund_only", Stage.SHIPPED, "new", some_here=some_here)}

    assert possible(True) - possible(False) == {Resolution.CANCEL}
