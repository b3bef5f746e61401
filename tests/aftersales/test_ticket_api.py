"""Tickets for other systems: the same filters, the same wall, no conversation."""

import pytest
from django.contrib.auth.models import Group, User

from aftersales.models import Ticket, TicketMessage
from aftersales.services import tickets
from core.models import UserScope
from core.services.roles import sync_roles
from core.services.tokens import issue


@pytest.fixture
def call(db, client):
    sync_roles()

    def made(method, path, body=None, role="cs", key="k1", **scope):
        user, new = User.objects.get_or_create(username=f"{role}{scope}")
        if new:
            user.groups.add(Group.objects.get(name=role))
            UserScope.objects.create(user=user, **(scope or {"all_shops": True, "all_warehouses": True}))
        headers = {"Authorization": f"Token {issue('t', user)[0]}", "Idempotency-Key": key}
        return getattr(client, method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)

    return made


def test_tickets_are_listed_filtered_and_read(call, counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, 1000))
    counter.hear(counter.refund(order, "R1", "succeeded", 400, line_id="1", qty=1))
    counter.ticket(order, "lost")
    [row] = call("get", "/tickets/?kind=refund_only").json()["results"]
    assert (row["order_no"], row["refund_no"], row["status"], row["amount_minor"]) == ("T1", "R1", "resolved", 400)
    assert row["lines"] == [{"line_no": 1, "sku": "A", "qty": 1}]
    assert [payment["status"] for payment in row["payments"]] == ["succeeded"]
    assert call("get", f"/tickets/{row['id']}/").json() == row


def test_what_people_wrote_stays_inside(call, db):
    ticket = tickets.open_ticket(kind="other", title="t", detail="王小明 13800138000")
    assert "13800138000" not in call("get", f"/tickets/{ticket.pk}/").content.decode()


def test_a_ticket_is_opened_once_per_key(call, counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, 1000))
    body = {"kind": "damaged", "title": "broken, call 13800138000", "order_id": order.pk, "amount_minor": 300}
    first, again = call("post", "/tickets/", body), call("post", "/tickets/", body)
    assert (first.status_code, again.json()) == (201, first.json())
    assert Ticket.objects.get().title == "broken, call 138****"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"kind": "nonsense", "title": "t"}, 400, "invalid"),
        ({"kind": "other"}, 400, "invalid"),
        ({"kind": "other", "title": "t", "amount_minor": -1}, 400, "invalid"),
        ({"kind": "other", "title": "t", "amount_minor": 10**30}, 400, "invalid"),
        ({"kind": "other", "title": "t\u0000"}, 400, "invalid"),
        ({"kind": "other", "title": "t", "order_id": 999999}, 404, "order_not_found"),
    ],
)
def test_a_bad_ticket_is_refused_with_a_code(call, body, status, code):
    answer = call("post", "/tickets/", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Ticket.objects.exists()


def test_a_reply_is_noted_once_and_stops_the_clock(call, counter):
    ticket = tickets.open_ticket(kind="other", title="t")
    body = {"text": "在路上了，请放心", "version": ticket.version}
    first, again = (call("post", f"/tickets/{ticket.pk}/reply/", body) for _ in range(2))
    assert (first.status_code, first.json()["status"], again.json()) == (200, "working", first.json())
    assert first.json()["first_response_at"] is not None
    assert [m.kind for m in TicketMessage.objects.filter(ticket=ticket)] == ["reply"]
    stale = call("post", f"/tickets/{ticket.pk}/reply/", body, key="k2")
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_ticket")
    empty = call("post", f"/tickets/{ticket.pk}/reply/", {"text": " "}, key="k3")
    assert (empty.status_code, empty.json()["code"]) == (400, "invalid")
    assert call("post", f"/tickets/{ticket.pk}/reply/", body, role="ops", key="k4").status_code == 403


def test_the_wall_and_the_roles_hold(call, counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 1, 1000))
    ticket = counter.ticket(order, "lost")
    elsewhere = {"shop_ids": [counter.shop.pk + 1]}
    assert call("get", f"/tickets/{ticket.pk}/", **elsewhere).status_code == 404
    assert (
        call("post", "/tickets/", {"kind": "lost", "title": "t", "order_id": order.pk}, **elsewhere).status_code == 404
    )
    assert call("get", "/tickets/", role="picker").status_code == 403
    assert call("post", "/tickets/", {"kind": "lost", "title": "t"}, role="finance").status_code == 403
