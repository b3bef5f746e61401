"""Tickets: opened once, answered in time, written on without loss, rebuilt from their events."""

from datetime import UTC, datetime, time

import pytest
from django.contrib.auth.models import User

from aftersales.models import FreeDay, Ticket, TicketMessage, WorkingHours
from aftersales.services import tickets
from aftersales.services.store import StaleTicket
from core import clock
from core.context import acting
from core.errors import Conflict, NotFound, OneRopeError
from core.models import Event, Sealed
from core.services import rules, vault
from tests.aftersales.counter import clean, fresh

NOON = datetime(2026, 11, 11, 4, tzinfo=UTC)  # Wednesday 12:00 in Shanghai


def at(minute, hour=12, day=11):
    return clock.at(datetime(2026, 11, day, hour - 8, minute, tzinfo=UTC))


@pytest.fixture
def ticket(db):
    with at(0):
        return tickets.open_ticket(kind="other", title="Where is it?")


def test_a_ticket_must_be_answered_within_ten_minutes_unless_a_rule_says_otherwise(ticket):
    assert (ticket.opened_at, ticket.respond_by) == (NOON, NOON.replace(minute=10))
    assert ticket.amber_at == NOON.replace(minute=8)
    rule = {
        "name": "big", "conditions": [{"field": "amount_minor", "op": "gte", "value": 50000}],
        "action": {"first_response_minutes": 3, "priority": 2},
    }  # fmt: skip
    rules.publish(rules.draft("ticket", [rule]).pk)
    with at(0):
        small = tickets.open_ticket(kind="other", title="t", amount_minor=49999)
        big = tickets.open_ticket(kind="other", title="t", amount_minor=50000)
    assert (small.respond_by, small.priority) == (NOON.replace(minute=10), 3)
    assert (big.respond_by, big.priority) == (NOON.replace(minute=3), 2)


def test_the_desks_hours_are_rows(db):
    for weekday in range(7):
        WorkingHours.objects.create(weekday=weekday, opens=time(9), closes=time(18))
    FreeDay.objects.create(day="2026-11-12")
    with at(55, hour=17):
        ticket = tickets.open_ticket(kind="other", title="t")
    assert ticket.respond_by == datetime(2026, 11, 13, 1, 5, tzinfo=UTC)  # over the free Thursday


def test_the_first_reply_is_the_first_response_and_a_note_is_none(ticket):
    with at(2):
        tickets.write(ticket.pk, "note", "looks like a late scan")
    assert fresh(ticket).first_response_at is None
    with at(4), acting("user:xiaoli"):
        tickets.write(ticket.pk, "reply", "It leaves today.")
    with at(9):
        tickets.write(ticket.pk, "reply", "It has left.")
    row = fresh(ticket)
    assert (row.first_response_at, row.status) == (NOON.replace(minute=4), "working")
    assert list(row.messages.order_by("seq").values_list("seq", "kind", "author")) == [
        (1, "note", "machine"), (2, "reply", "user:xiaoli"), (3, "reply", "machine"),
    ]  # fmt: skip
    clean()


def test_what_people_write_lies_in_the_vault_and_nowhere_else(ticket):
    tickets.write(ticket.pk, "reply", "王小明 13800138000 科技园路1号")
    body_id = TicketMessage.objects.get().body_id
    assert vault.unseal([body_id]) == {body_id: {"text": "王小明 13800138000 科技园路1号"}}
    assert all("138" not in str(event.payload) for event in Event.objects.all())
    assert b"138" not in bytes(Sealed.objects.get(id=body_id).ciphertext)


def test_the_clock_stands_still_while_the_buyer_is_asked(ticket):
    with at(4):
        tickets.move(ticket.pk, "wait_buyer")
    assert fresh(ticket).paused_at == NOON.replace(minute=4)
    with at(30):
        tickets.move(ticket.pk, "resume")
    row = fresh(ticket)
    assert (row.paused_at, row.amber_at, row.respond_by) == (None, NOON.replace(minute=34), NOON.replace(minute=36))
    clean()


def test_once_answered_a_pause_moves_nothing(ticket):
    with at(4):
        tickets.write(ticket.pk, "reply", "Which size?")
    with at(5):
        tickets.move(ticket.pk, "wait_buyer")
    with at(50):
        tickets.move(ticket.pk, "resume")
    assert fresh(ticket).respond_by == NOON.replace(minute=10)


def test_a_save_on_an_old_page_is_refused(ticket):
    seen = ticket.version
    tickets.write(ticket.pk, "reply", "first")
    for late in (
        lambda: tickets.write(ticket.pk, "reply", "second", expected_version=seen),
        lambda: tickets.move(ticket.pk, "close", expected_version=seen),
        lambda: tickets.assign(ticket.pk, None, expected_version=seen),
        lambda: tickets.prioritise(ticket.pk, 1, expected_version=seen),
    ):
        with pytest.raises(StaleTicket) as refusal:
            late()
        assert (refusal.value.status, refusal.value.code) == (409, "stale_ticket")
    assert TicketMessage.objects.count() == 1


def test_a_move_the_lifecycle_does_not_have_is_refused(ticket):
    with pytest.raises(Conflict) as refusal:
        tickets.move(ticket.pk, "reopen")
    assert refusal.value.code == "illegal_move"
    with pytest.raises(OneRopeError) as hand:
        tickets.move(ticket.pk, "refund_done")
    assert hand.value.code == "not_by_hand"


def test_closing_stops_the_clock_and_reopening_forgets_the_end(ticket):
    with at(5):
        tickets.move(ticket.pk, "close")
    assert fresh(ticket).resolved_at == NOON.replace(minute=5)
    tickets.move(ticket.pk, "reopen")
    assert (fresh(ticket).resolved_at, fresh(ticket).status) == (None, "working")


def test_the_same_key_is_the_same_ticket(db):
    first = tickets.open_ticket(kind="other", title="a", source="finance", dedupe_key="diff:1", detail="3 fen short")
    again = tickets.open_ticket(kind="lost", title="b", source="finance", dedupe_key="diff:1")
    assert (again.pk, again.title, Ticket.objects.count()) == (first.pk, "a", 1)
    assert first.messages.get().kind == "note"


def test_a_ticket_needs_a_real_order_and_a_sane_amount(db):
    with pytest.raises(NotFound):
        tickets.open_ticket(kind="other", title="t", order_id=10**9)
    with pytest.raises(OneRopeError) as refusal:
        tickets.open_ticket(kind="other", title="t", amount_minor=-1)
    assert refusal.value.code == "bad_amount"


@pytest.mark.parametrize(("text", "code"), [("  \n", "empty_text"), ("x" * 4001, "text_too_long")])
def test_texts_have_a_size(ticket, text, code):
    with pytest.raises(OneRopeError) as refusal:
        tickets.write(ticket.pk, "reply", text)
    assert refusal.value.code == code


def test_assigning_twice_is_one_event(ticket):
    user = User.objects.create(username="xiaoli")
    for _ in range(2):
        tickets.assign(ticket.pk, user.pk)
        tickets.prioritise(ticket.pk, 2)
    assert (fresh(ticket).assignee, fresh(ticket).priority) == (user, 2)
    assert Event.objects.filter(stream=f"aftersales.ticket:{ticket.pk}").count() == 3
    clean()
