"""The full state × action matrix of each lifecycle: every pair is written down here, legal or not."""

import pytest

from aftersales.domain import refund_flow, return_flow, ticket_flow
from aftersales.domain.refund_flow import PaymentAction, PaymentStatus
from aftersales.domain.return_flow import ReturnAction, ReturnStatus
from aftersales.domain.ticket_flow import TicketAction, TicketStatus

ACTIONS = [
    "start", "wait_buyer", "resume", "expect_goods", "goods_in", "ask_refund", "refund_off", "refund_done", "finish",
    "close", "reopen",
]  # fmt: skip
# One row per status, one column per action in the order above; "-" is refused.
TICKET = {
    "new":           "working waiting_buyer - waiting_goods - refunding - resolved resolved closed -",
    "working":       "- waiting_buyer - waiting_goods - refunding - resolved resolved closed -",
    "waiting_buyer": "- - working waiting_goods - refunding - resolved resolved closed -",
    "waiting_goods": "- - - - working refunding - resolved resolved closed -",
    "refunding":     "- - - - - - working resolved - - -",
    "resolved":      "- - - - - - - - - - working",
    "closed":        "- - - - - - - resolved - - working",
}  # fmt: skip
PAYMENT = {
    "requested": "approved succeeded withdrawn",
    "approved":  "- succeeded withdrawn",
    "succeeded": "- - -",
    "withdrawn": "- - -",
}  # fmt: skip
RETURN = {
    "expected":  "arrived - cancelled",
    "arrived":   "- graded -",
    "graded":    "- - -",
    "cancelled": "arrived - -",
}  # fmt: skip


def pairs(matrix, actions):
    return [
        (status, action, target)
        for status, row in matrix.items()
        for action, target in zip(actions, row.split(), strict=True)
    ]


def test_the_matrices_name_every_status_and_action():
    assert set(TICKET) == set(TicketStatus) and set(ACTIONS) == set(TicketAction)
    assert set(PAYMENT) == set(PaymentStatus)
    assert set(RETURN) == set(ReturnStatus)


@pytest.mark.parametrize(("status", "action", "target"), pairs(TICKET, ACTIONS))
def test_ticket(status, action, target):
    if target == "-":
        with pytest.raises(ticket_flow.IllegalMove):
            ticket_flow.move(status, action)
    else:
        assert ticket_flow.move(status, action) == target


@pytest.mark.parametrize(("status", "action", "target"), pairs(PAYMENT, list(PaymentAction)))
def test_refund_payment(status, action, target):
    if target == "-":
        with pytest.raises(refund_flow.IllegalPayment):
            refund_flow.move(status, action)
    else:
        assert refund_flow.move(status, action) == target


@pytest.mark.parametrize(("status", "action", "target"), pairs(RETURN, list(ReturnAction)))
def test_returned_parcel(status, action, target):
    if target == "-":
        with pytest.raises(return_flow.IllegalReturn):
            return_flow.move(status, action)
    else:
        assert return_flow.move(status, action) == target


def test_a_card_offers_only_moves_that_its_lifecycle_has():
    for status in TicketStatus:
        for action in ticket_flow.moves_by_hand(status):
            assert ticket_flow.move(status, action) in TicketStatus
    assert ticket_flow.moves_by_hand("refunding") == []


def test_only_grade_a_can_be_sold_again():
    assert [return_flow.sellable(grade) for grade in ("a", "b", "c", "scrap")] == [True, False, False, False]
