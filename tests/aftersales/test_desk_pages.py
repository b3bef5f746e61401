"""The service desk and the return desk, as each role sees them."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from aftersales.domain.resolution import Resolution
from aftersales.models import Macro, ReturnParcel, Ticket, TicketMessage
from aftersales.services import tickets
from aftersales.services.resolve import Choice, resolve
from core.models import UserScope
from core.services.roles import sync_roles
from oms.domain.canonical import RefundKind
from tests.aftersales.counter import clean, fresh, money, parcel_of, payment_of, stock_of


@pytest.fixture
def people(db, client):
    sync_roles()

    def log_in(role, **scope):
        user, made = User.objects.get_or_create(username=role)
        if made:
            user.groups.add(Group.objects.get(name=role))
            UserScope.objects.create(user=user, **(scope or {"all_shops": True, "all_warehouses": True}))
        client.force_login(user)
        return client

    return log_in


@pytest.fixture
def shipped(counter):
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    counter.ship(order)
    return order


def text_of(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize(
    ("role", "desk", "returns"),
    [("cs", 200, 200), ("ops", 200, 200), ("finance", 200, 403), ("packer", 403, 200), ("picker", 403, 403)],
)
def test_each_role_sees_what_it_should(people, role, desk, returns):
    client = people(role)
    assert (client.get("/tickets/").status_code, client.get("/returns/").status_code) == (desk, returns)


def test_a_stranger_is_sent_to_the_login_page(client, db):
    assert client.get("/tickets/").url.startswith("/login/")


def test_the_board_and_the_list_show_the_same_query(people, counter, shipped):
    counter.hear(counter.refund(shipped, "REFUND-1", "requested", 600))
    mine = counter.ticket(shipped, "lost")
    client = people("cs")
    for view in ("", "list"):
        page = text_of(client.get("/tickets/", {"view": view}))
        assert "REFUND-1" in page and f"#{mine.pk}" in page
        page = text_of(client.get("/tickets/", {"view": view, "kind": "lost"}))
        assert "REFUND-1" not in page and f"#{mine.pk}" in page
    assert Ticket.objects.count() == 2


def test_an_empty_board_says_so_and_a_bad_filter_breaks_nothing(people):
    client = people("cs")
    assert "empty-state" in text_of(client.get("/tickets/"))
    for query in ("shop=x", "status=nonsense", "q=%00", "priority=9", "who=%F0%9F%98%80", "view=list&late=maybe"):
        assert client.get(f"/tickets/?{query}").status_code == 200, query


def test_a_board_of_many_costs_as_many_queries_as_a_board_of_one(people, counter, shipped):
    client = people("cs")
    counts = []
    for _ in range(2):
        for number in range(15):
            counter.ticket(shipped, "lost", dedupe_key=f"{number}:{len(counts)}")
        with CaptureQueriesContext(connection) as queries:
            client.get("/tickets/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_another_shops_ticket_is_not_there(people, counter, shipped):
    ticket = counter.ticket(shipped, "lost")
    client = people("cs", shop_ids=[counter.shop.pk + 1])
    assert f"#{ticket.pk}" not in text_of(client.get("/tickets/"))
    assert client.get(f"/tickets/{ticket.pk}/").status_code == 404
    for path in ("write", "decide", "assign", "priority", "move"):
        assert client.post(f"/tickets/{ticket.pk}/{path}/", {"action": "close"}).status_code == 404, path
    assert fresh(ticket).version == ticket.version


def test_the_page_tells_the_progress_beside_the_reply_and_inserts_it(people, counter, shipped):
    Macro.objects.create(title="安抚", text="亲,订单 {order_no}:{progress}")
    ticket = counter.ticket(shipped, "lost")
    client = people("cs")
    page = text_of(client.get(f"/tickets/{ticket.pk}/"))
    sentence = "交给快递,等快递揽收后就能看到物流。"
    assert page.count(sentence) == 3  # beside the reply box, on its button, in the macro
    inserted = text_of(client.get(f"/tickets/{ticket.pk}/?insert=progress"))
    assert re.search(rf"<textarea[^>]*>\s*SF SF\d+ 已于[^<]*{sentence}</textarea>", inserted)


def test_a_reply_is_the_first_response_and_a_stale_one_comes_back_with_its_text(people, counter, shipped):
    ticket = counter.ticket(shipped, "lost")
    client = people("cs")
    old = ticket.version
    answer = client.post(f"/tickets/{ticket.pk}/write/", {"kind": "reply", "text": "马上查", "version": old})
    assert answer.status_code == 302
    assert fresh(ticket).first_response_at is not None
    late = client.post(f"/tickets/{ticket.pk}/write/", {"kind": "reply", "text": "我再查查", "version": old})
    assert late.status_code == 409
    page = text_of(late)
    assert re.search(r"<textarea[^>]*>\s*我再查查</textarea>", page)
    assert f'name="version" value="{fresh(ticket).version}"' in page
    assert "user:cs" in page
    assert TicketMessage.objects.count() == 1


def test_a_stale_decision_is_refused_and_a_fresh_one_is_done(people, counter, shipped):
    ticket = counter.ticket(shipped, "refund_only", 1000)
    client = people("cs")
    old = ticket.version
    tickets.write(ticket.pk, "note", "somebody else")
    form = {"resolution": "refund", "amount": "3.50", "channel": "direct", "version": old}
    assert client.post(f"/tickets/{ticket.pk}/decide/", form).status_code == 409
    form["version"] = fresh(ticket).version
    assert client.post(f"/tickets/{ticket.pk}/decide/", form).status_code == 302
    assert (fresh(ticket).status, money(shipped)) == ("refunding", (350, 0, 0))
    clean()


@pytest.mark.parametrize("amount", ["-1", "abc", "1.234", "1e400", "99999999999999999"])
def test_an_amount_that_is_none_comes_back_with_the_form(people, counter, shipped, amount):
    ticket = counter.ticket(shipped, "refund_only", 1000)
    form = {"resolution": "refund", "amount": amount, "channel": "direct", "version": ticket.version}
    answer = people("cs").post(f"/tickets/{ticket.pk}/decide/", form)
    assert answer.status_code == 400
    assert fresh(ticket).version == ticket.version


def test_what_cannot_be_done_is_said_on_the_page(people, counter, shipped):
    ticket = counter.ticket(shipped, "refund_only", 1000)
    form = {"resolution": "refund", "amount": "10.01", "channel": "direct", "version": ticket.version}
    answer = people("cs").post(f"/tickets/{ticket.pk}/decide/", form)
    assert answer.status_code == 409
    assert "errors" in text_of(answer)


def test_service_asks_and_finance_approves(people, counter, shipped):
    ticket = counter.ticket(shipped, "refund_only", 1000)
    resolve(ticket.pk, Choice(Resolution.REFUND, channel="direct"))
    payment = payment_of(ticket)
    url = f"/tickets/{ticket.pk}/refunds/{payment.pk}/"
    assert people("cs").post(url, {"action": "approve"}).status_code == 403
    client = people("finance")
    assert f'action="{url}"' in text_of(client.get(f"/tickets/{ticket.pk}/"))
    client.post(url, {"action": "approve"})
    client.post(url, {"action": "paid"})
    assert (fresh(ticket).status, payment_of(ticket).status) == ("resolved", "succeeded")


def test_service_may_take_back_what_it_asked_for_until_it_is_approved(people, counter, shipped):
    ticket = counter.ticket(shipped, "refund_only", 1000)
    resolve(ticket.pk, Choice(Resolution.REFUND, channel="direct"))
    url = f"/tickets/{ticket.pk}/refunds/{payment_of(ticket).pk}/"
    assert people("ops").post(url, {"action": "withdraw"}).status_code == 403
    people("cs").post(url, {"action": "withdraw", "reason": "wrong amount"})
    assert (fresh(ticket).status, money(shipped)) == ("working", (0, 0, 0))
    resolve(ticket.pk, Choice(Resolution.REFUND, channel="direct"))
    again = ticket.payments.order_by("-id").first()
    people("finance").post(f"/tickets/{ticket.pk}/refunds/{again.pk}/", {"action": "approve"})
    answer = people("cs").post(f"/tickets/{ticket.pk}/refunds/{again.pk}/", {"action": "withdraw"})
    assert (answer.status_code, money(shipped)) == (403, (1000, 0, 0))
    clean()


def test_a_card_moves_by_its_menu_and_a_stale_card_stays(people, counter, shipped):
    ticket = counter.ticket(shipped, "lost")
    client = people("cs")
    form = {"action": "wait_buyer", "version": ticket.version, "next": "/tickets/?view=list"}
    assert client.post(f"/tickets/{ticket.pk}/move/", form).url == "/tickets/?view=list"
    assert fresh(ticket).status == "waiting_buyer"
    client.post(f"/tickets/{ticket.pk}/move/", {**form, "action": "close"})
    assert fresh(ticket).status == "waiting_buyer"
    assert client.post(f"/tickets/{ticket.pk}/move/", {"action": "x", "next": "//evil.example"}).url == "/tickets/"


def test_taking_a_ticket_and_its_priority(people, counter, shipped):
    ticket = counter.ticket(shipped, "lost")
    client = people("cs")
    client.post(f"/tickets/{ticket.pk}/assign/", {"who": "me", "version": ticket.version})
    client.post(f"/tickets/{ticket.pk}/priority/", {"priority": "1", "version": fresh(ticket).version})
    assert (fresh(ticket).assignee.username, fresh(ticket).priority) == ("cs", 1)
    stale = client.post(f"/tickets/{ticket.pk}/assign/", {"who": "nobody", "version": ticket.version})
    assert (stale.status_code, fresh(ticket).assignee.username) == (409, "cs")


def test_a_ticket_by_hand_stars_phone_numbers_in_its_title(people, shipped):
    client = people("cs")
    form = {"kind": "damaged", "order_no": "T1", "title": "破了 13800138000", "priority": "2", "amount": "5"}
    answer = client.post("/tickets/new/", form)
    ticket = Ticket.objects.get()
    assert answer.url == f"/tickets/{ticket.pk}/"
    assert (ticket.title, ticket.order, ticket.amount_minor, ticket.priority) == ("破了 138****", shipped, 500, 2)
    assert ticket.assignee.username == "cs"
    assert client.post("/tickets/new/", {**form, "order_no": "nowhere"}).status_code == 400


def test_the_same_buyers_other_orders_and_tickets_are_beside_the_ticket(people, counter, shipped):
    other = counter.bought("T2", ("A", 1, 500))
    there = counter.ticket(other, "lost")
    page = text_of(people("cs").get(f"/tickets/{counter.ticket(shipped, 'other').pk}/"))
    assert f"#{there.pk}" in page and "T2" in page
    assert "13800138000" not in page and "王小明" not in page


def test_the_return_desk_scans_grades_and_puts_away(people, counter, shipped):
    counter.hear(counter.refund(shipped, "R1", "approved", 1000, kind=RefundKind.RETURN))
    parcel = parcel_of(Ticket.objects.get())
    client = people("packer")
    client.post(f"/returns/{parcel.pk}/act/", {"action": "waybill", "carrier": "YTO", "waybill_no": "YT77"})
    assert client.get("/returns/", {"scan": "YT77"}).url == f"/returns/{parcel.pk}/"
    assert client.get("/returns/", {"scan": "T1"}).url == f"/returns/{parcel.pk}/"
    rows = {"code": ["A", "A", ""], "grade": ["a", "b", "a"], "qty": ["1", "1", ""], "bin": ["", "", ""]}
    assert client.post(f"/returns/{parcel.pk}/act/", {"action": "grade", **rows}).status_code == 302
    assert stock_of(parcel.lines.get().sku) == (5, 0, 1)
    assert client.post(f"/returns/{parcel.pk}/act/", {"action": "grade", **rows}).status_code == 409
    clean()


@pytest.mark.parametrize(
    "row", [("?", "a", "1"), ("A", "z", "1"), ("A", "a", "-1"), ("A", "a", "1.5"), ("A", "a", "9999999"), ("", "", "")]
)
def test_a_row_that_cannot_be_read_puts_nothing_away(people, counter, shipped, row):
    counter.hear(counter.refund(shipped, "R1", "approved", 1000, kind=RefundKind.RETURN))
    parcel = parcel_of(Ticket.objects.get())
    code, grade, qty = row
    form = {"action": "grade", "code": [code], "grade": [grade], "qty": [qty], "bin": [""]}
    assert people("packer").post(f"/returns/{parcel.pk}/act/", form).status_code == 400
    assert parcel_of(Ticket.objects.get()).status == "expected"


def test_a_parcel_nobody_knows_goes_on_record(people, counter):
    client = people("packer")
    assert "SF404" in text_of(client.get("/returns/", {"scan": "SF404"}))
    answer = client.post("/returns/unknown/", {"waybill_no": "SF404", "warehouse": counter.near.pk})
    parcel = ReturnParcel.objects.get()
    assert (answer.url, parcel.status, parcel.ticket) == (f"/returns/{parcel.pk}/", "arrived", None)


def test_somebody_who_may_look_may_not_put_away(people, counter, shipped):
    counter.hear(counter.refund(shipped, "R1", "approved", 1000, kind=RefundKind.RETURN))
    parcel = parcel_of(Ticket.objects.get())
    client = people("cs")
    assert client.get(f"/returns/{parcel.pk}/").status_code == 200
    client.post(
        f"/returns/{parcel.pk}/act/", {"action": "grade", "code": ["A"], "grade": ["a"], "qty": ["2"], "bin": [""]}
    )
    assert parcel_of(Ticket.objects.get()).status == "expected"


def test_another_warehouses_parcel_is_not_there(people, counter, shipped):
    counter.hear(counter.refund(shipped, "R1", "approved", 1000, kind=RefundKind.RETURN))
    parcel = parcel_of(Ticket.objects.get())
    client = people("packer", all_shops=True, warehouse_ids=[counter.far.pk])
    assert client.get(f"/returns/{parcel.pk}/").status_code == 404
    assert client.post(f"/returns/{parcel.pk}/act/", {"action": "arrive"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/tickets/", "/tickets/?view=list", "/tickets/new/", "/tickets/{ticket}/", "/returns/"]
)
def test_no_page_holds_anything_inline(people, counter, shipped, path):
    ticket = counter.ticket(shipped, "lost")
    page = people("admin").get(path.format(ticket=ticket.pk)).content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|hx-on", page)
