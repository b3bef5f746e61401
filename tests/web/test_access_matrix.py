"""Every address × everybody: strangers are sent away, roles open what is theirs, and nobody sees another shop's rows.

The table below is written by hand from what each role is for; an address that is not in it fails.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.urls import URLPattern, get_resolver

from aftersales.models import RefundPayment, ReturnParcel
from aftersales.services import tickets
from catalog.models import Bin, Shop, Warehouse, Zone
from core.models import Delivery, Event, InboxMessage, Job, RefusedPush, SavedView, UserScope
from core.permissions import ROLES
from core.services import rules
from core.services.roles import sync_roles
from core.services.tokens import issue
from finance.models import Statement
from finance.services.statements import import_statement
from fulfillment import ports
from fulfillment.models import Parcel
from integrations.models import ShopHour
from oms.models import AddressRule, MergeProposal
from oms.services import holds
from tests.factories.bills import alipay_fund, fund_row
from tests.fulfillment.floor import Floor

CANARY = "CANARY"
AT = datetime(2026, 8, 2, 6, tzinfo=UTC)
EVERYBODY = frozenset(ROLES)


@dataclass(frozen=True)
class Page:
    """Who may open it. `post` is what a form would send; `about` names the row in its address; `shared` pages show the
    machine room or the rules, which belong to no shop; a `common` page is everybody's, the orders on it are not."""

    roles: frozenset = EVERYBODY
    post: dict | None = None
    about: dict = field(default_factory=dict)
    query: str = ""
    shared: bool = False
    common: bool = False


def page(roles="", *, post=None, query="", shared=False, common=False, **about):
    chosen = frozenset(roles.split()) | {"admin"} if roles else EVERYBODY
    return Page(chosen, post, about, query, shared, common)


ORDERS, SHIPMENTS = "ops cs finance", "ops cs packer"
PAGES = {
    "": page(),
    "logout/": page(post={}),
    "views/": page(post={}),
    "views/<int:pk>/remove/": page(post={}, pk="view"),
    "views/columns/": page(post={}),
    "scanner/": page(),
    "search/": page(query="?q=S{suborder}"),
    "orders/": page(ORDERS, query="?page_size=5"),
    "orders/actions/": page("ops", post={"action": "hold", "id": "{order}", "note": "x"}),
    "orders/merges/": page(ORDERS),
    "orders/merges/actions/": page("ops", post={"action": "decline", "id": "{proposal}"}),
    "orders/<int:pk>/": page(ORDERS, pk="order"),
    "orders/<int:pk>/act/": page("ops", post={"action": "hold", "note": "x"}, pk="order"),
    "orders/<int:pk>/reveal/": page("ops cs", post={"reason": "x"}, pk="order"),
    "orders/<int:pk>/address/": page("ops", post={}, pk="order"),
    "exceptions/": page(ORDERS),
    "exceptions/actions/": page("ops finance", post={"action": "take", "id": "{exception}"}),
    "exceptions/jobs/<int:pk>/": page(ORDERS, pk="job"),
    "exceptions/addresses/": page(ORDERS),
    "exceptions/addresses/<int:pk>/forget/": page("ops", post={}, pk="answer"),
    "exceptions/products/": page("ops master"),
    "exceptions/products/suggestions/": page("ops master", query="?shop={shop}&code=x"),
    "exceptions/products/settle/": page("ops master", post={"shop": "{shop}", "code": "x", "sku": "A"}),
    "tickets/": page("ops cs finance"),
    "tickets/new/": page("cs"),
    "tickets/<int:pk>/": page("ops cs finance", pk="ticket"),
    "tickets/<int:pk>/move/": page("cs", post={"action": "start"}, pk="ticket"),
    "tickets/<int:pk>/write/": page("cs", post={"text": "x", "kind": "note", "version": "1"}, pk="ticket"),
    "tickets/<int:pk>/decide/": page("cs", post={}, pk="ticket"),
    "tickets/<int:pk>/assign/": page("cs", post={}, pk="ticket"),
    "tickets/<int:pk>/priority/": page("cs", post={"priority": "1"}, pk="ticket"),
    "tickets/<int:pk>/refunds/<int:payment_id>/": page(
        "finance", post={"action": "approve"}, pk="ticket", payment_id="payment"
    ),
    "returns/": page(SHIPMENTS, query="?status=arrived"),
    "returns/unknown/": page(SHIPMENTS, post={"warehouse": "{house}", "waybill_no": "X"}),
    "returns/<int:pk>/": page(SHIPMENTS, pk="return"),
    "returns/<int:pk>/act/": page(SHIPMENTS, post={"action": "arrive"}, pk="return"),
    "waves/": page("ops picker"),
    "waves/plan/": page("ops", post={}),
    "waves/<int:pk>/": page("ops picker", pk="wave"),
    "waves/<int:pk>/cancel/": page("ops", post={}, pk="wave"),
    "pick/": page("picker"),
    "pick/cards/": page(),
    "pick/<int:task_id>/scan/": page("picker", post={"code": "x"}, task_id="task"),
    "pick/<int:task_id>/undo/": page("picker", post={}, task_id="task"),
    "pick/<int:task_id>/skip/<int:line_id>/": page("picker", post={}, task_id="task", line_id="line"),
    "pick/<int:task_id>/short/<int:line_id>/": page("picker", post={}, task_id="task", line_id="line"),
    "pack/": page("packer"),
    "pack/<int:parcel_id>/": page("packer", parcel_id="parcel"),
    "pack/<int:parcel_id>/scan/": page("packer", post={"code": "x"}, parcel_id="parcel"),
    "pack/<int:parcel_id>/restart/": page("packer", post={}, parcel_id="parcel"),
    "pack/<int:parcel_id>/complete/": page("packer", post={"weight_g": "100"}, parcel_id="parcel"),
    "shipments/": page(SHIPMENTS),
    "shipments/actions/": page("ops packer", post={"action": "fetch", "id": "{parcel}"}),
    "shipments/<int:pk>/": page(SHIPMENTS, pk="parcel"),
    "jobs/<int:pk>/": page(SHIPMENTS, pk="job"),
    "jobs/<int:pk>/file/": page("ops packer", pk="job"),
    "finance/": page("finance"),
    "finance/upload/": page("finance"),
    "finance/jobs/<int:pk>/": page("finance", pk="job"),
    "finance/statements/<int:pk>/": page("finance", pk="statement"),
    "finance/statements/<int:pk>/again/": page("finance", post={}, pk="statement"),
    "finance/lines/": page("finance"),
    "finance/differences/": page("finance"),
    "finance/differences/actions/": page("finance", post={"id": "{difference}", "action": "take"}),
    "finance/orders/<int:pk>/": page("finance", pk="order"),
    "finance/books/": page("finance"),
    "insights/": page("ops cs master finance"),
    "insights/cost/": page("ops cs master finance"),
    "rules/": page("ops master", shared=True),
    "rules/<str:kind>/": page("ops master", kind="risk", shared=True),
    "rules/<str:kind>/act/": page("ops", post={"action": "rest", "name": "x"}, kind="risk", shared=True),
    "rules/<str:kind>/new/": page("ops", kind="risk", shared=True),
    "rules/<str:kind>/<int:position>/": page("ops", kind="risk", position="rule", shared=True),
    "rules/<str:kind>/row/": page("ops", kind="risk", shared=True),
    "rules/<str:kind>/versions/": page("ops master", kind="risk", shared=True),
    "rules/<str:kind>/versions/<int:version>/": page("ops master", kind="risk", version="version", shared=True),
    "rules/<str:kind>/versions/<int:version>/try/": page("ops", kind="risk", version="version", common=True),
    "rules/<str:kind>/versions/<int:version>/shadow/": page("ops", kind="risk", version="shadow", common=True),
    "rules/<str:kind>/versions/<int:version>/life/": page(
        "ops", post={"action": "discard"}, kind="risk", version="version", shared=True
    ),
    "completeness/": page("ops"),
    "completeness/<int:pk>/again/": page("ops", post={}, pk="hour"),
    "messages/": page("ops"),
    "messages/<int:pk>/": page("ops", pk="message"),
    "messages/replay/": page("ops", post={"message": "{message}", "delivery": "{delivery}"}),
}
API = {
    "api/v1/^orders/$": page(ORDERS),
    "api/v1/^orders/(?P<pk>[^/.]+)/$": page(ORDERS, pk="order"),
    **{
        f"api/v1/^orders/(?P<pk>[^/.]+)/{verb}/$": page("ops", post={"note": "x"}, pk="order")
        for verb in ("cancel", "hold", "release", "unmerge")
    },
    "api/v1/^orders/(?P<pk>[^/.]+)/merge/$": page("ops", post={"order_ids": "{order}", "note": "x"}, pk="order"),
    "api/v1/^orders/(?P<pk>[^/.]+)/seal/$": page("ops", post={"no_merge": "true", "note": "x"}, pk="order"),
    "api/v1/^stock/$": page("ops master"),
    "api/v1/^stock/(?P<pk>[^/.]+)/$": page("ops master", pk="stock"),
    "api/v1/^shipments/$": page(SHIPMENTS),
    "api/v1/^shipments/(?P<pk>[^/.]+)/$": page(SHIPMENTS, pk="parcel"),
    "api/v1/^shipments/(?P<pk>[^/.]+)/tracking/$": page(SHIPMENTS, pk="parcel"),
    "api/v1/^tickets/$": page("ops cs finance"),
    "api/v1/^tickets/(?P<pk>[^/.]+)/$": page("ops cs finance", pk="ticket"),
    "api/v1/^tickets/(?P<pk>[^/.]+)/reply/$": page("cs", post={"text": "x"}, pk="ticket"),
    "api/v1/^skus/$": page("ops master", shared=True),
    "api/v1/^skus/(?P<pk>[^/.]+)/$": page("ops master", pk="sku", shared=True),
}
OPEN = {
    "login/", "livez", "readyz", "metrics", "i18n/setlang/", "api/v1/schema/", "api/v1/docs/", "admin/login/",
    "admin/logout/", "hooks/channels/<str:platform>/<str:shop>/", "hooks/carriers/<str:carrier>/",
}  # fmt: skip


@pytest.fixture(autouse=True)
def real_addresses(gallery_pages, settings):
    settings.ROOT_URLCONF = "config.urls"


def routes(resolver=None, before=""):
    for pattern in (resolver or get_resolver("config.urls")).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route
        else:
            yield from routes(pattern, route)


@pytest.fixture
def ids(db):
    """A business whose every name says CANARY, and the ids of its rows."""
    sync_roles()
    before = ports._gateway
    floor = Floor()
    floor.sku("A", near=20)
    floor.sell(f"{CANARY}-1", ("A", 1, 500))
    task = floor.wave()
    order = floor.get(f"{CANARY}-1")
    for no in ("2", "3"):
        floor.sell(f"{CANARY}-{no}", ("A", 1, 500))
    holds.hold([floor.get(f"{CANARY}-3").pk], CANARY)
    floor.take(floor.order(f"{CANARY}-4", ("x", 1, 500)))
    ticket = tickets.open_ticket(kind="refund_only", title=CANARY, order_id=order.pk, detail=CANARY, amount_minor=100)
    payment = RefundPayment.objects.create(
        ticket=ticket, order=order, amount_minor=100, currency="CNY", channel="platform", status="requested",
        requested_at=AT,
    )  # fmt: skip
    back = ReturnParcel.objects.create(
        ticket=ticket,
        order=order,
        warehouse=floor.near,
        status="arrived",
        waybill_no=CANARY,
        expected_at=AT,
        arrived_at=AT,
    )
    bill = alipay_fund([fund_row("L1", f"T200P{CANARY}-9", 70000), fund_row("L2", "", 0, 300, "收费", note=CANARY)])
    import_statement(bill, "alipay", name=f"{CANARY}.csv", shop_id=floor.shop.pk)
    boss = User.objects.create(username="boss")
    job = Job.objects.create(
        kind="x", title=CANARY, created_by=boss, artifact=CANARY.encode(), artifact_type="text/plain"
    )
    view = SavedView.objects.create(user=boss, page="oms.orders", name=CANARY)
    parcel = floor.parcel(order.order_no)
    Parcel.objects.filter(pk=parcel.pk).update(waybill_no=f"{CANARY}-W")
    Shop.objects.update(name=f"{CANARY} shop", code=CANARY)
    for model, prefix in ((Warehouse, "H"), (Zone, "Z"), (Bin, "B")):
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(code=f"{CANARY}{prefix}{row.pk}")
    Warehouse.objects.update(name=f"{CANARY} house")
    source = f"channel:taobao:{CANARY}"
    message = InboxMessage.objects.create(
        source=source, delivery_key=CANARY, body=b"{}", state="dead", error_code="not_json", error=CANARY
    )
    RefusedPush.objects.create(source=source, reason="no_secret", hour=AT, count=1)
    fact = Event.objects.filter(stream=f"fulfillment.parcel:{parcel.pk}").first()
    owed = Delivery.objects.create(
        event=fact, subscriber="integrations.ship_back", stream=fact.stream, type=fact.type, state="dead",
        last_error=CANARY,
    )  # fmt: skip
    statement = Statement.objects.get()
    answer = AddressRule.objects.create(shop=floor.shop, pattern="x", wrote=CANARY, code="440305", made_by="user:boss")
    hour = ShopHour.objects.create(shop=floor.shop, hour=AT, total=1, missing=[CANARY])
    everything = {"name": "all", "conditions": [], "action": {"hold": "rule"}}
    rules.publish(rules.draft("risk", [everything]).pk)
    rules.shadow(rules.draft("risk", [everything]).pk)
    floor.take(floor.order(f"{CANARY}-5", ("A", 1, 500)))
    proposal = MergeProposal.objects.create(
        merge_key="k",
        order_ids=[order.pk, order.pk],
        shop_ids=[floor.shop.pk],
        rule=CANARY,
        facts={"pieces": 2, "weight_g": 200, "amount_minor": 1000, "warehouses": 1},
    )
    yield {
        "proposal": proposal.pk,
        "message": message.pk, "delivery": owed.pk,
        "rule": 1, "version": 1, "shadow": 2, "hour": hour.pk, "shop": floor.shop.pk, "answer": answer.pk,
        "order": order.pk, "suborder": order.suborders.get().pk,
        "exception": floor.get(f"{CANARY}-3").holds.get().pk * 64 + 1,
        "ticket": ticket.pk, "payment": payment.pk, "return": back.pk, "house": floor.near.pk, "wave": task.wave_id,
        "task": task.pk, "line": task.lines.get().pk, "parcel": parcel.pk, "job": job.pk, "view": view.pk,
        "statement": statement.pk, "difference": statement.differences.first().pk, "risk": "risk",
        "stock": floor.near.stock_set.get().pk, "sku": floor.near.stock_set.get().sku_id,
    }  # fmt: skip
    ports._gateway = before


def address(route, entry, ids):
    """`orders/<int:pk>/` with the row's id in it."""
    path = route.replace("(?P<pk>[^/.]+)", "<pk>").replace("^", "").replace("$", "")
    for name, row in entry.about.items():
        for kind in ("int:", "str:", ""):
            path = path.replace(f"<{kind}{name}>", str(ids[row]))
    return f"/{path}{entry.query.format(**ids)}"


def ask(client, route, entry, ids, **headers):
    """One call whose effects are undone; `changed` tells whether it had any on an order, a parcel or a ticket."""
    url = address(route, entry, ids)
    kind = "application/json" if route.startswith("api/") else None
    before = Event.objects.count()
    with transaction.atomic():
        if entry.post is None:
            response = client.get(url, headers=headers)
        else:
            body = {name: value.format(**ids) for name, value in entry.post.items()}
            response = client.post(url, body, **({"content_type": kind} if kind else {}), headers=headers)
        text = response.getvalue().decode(errors="replace")
        response.changed = Event.objects.count() > before
        transaction.set_rollback(True)
    return response, text


def known(role, scope=None):
    user = User.objects.create(username=f"a-{role}")
    user.groups.add(Group.objects.get(name=role))
    if scope is not None:
        UserScope.objects.create(user=user, **scope)
    return user


ALL = {"all_shops": True, "all_warehouses": True}
ELSEWHERE = {"shop_ids": [0], "warehouse_ids": [0]}


def test_every_address_is_in_the_table():
    listed = set(PAGES) | set(API) | OPEN
    real = {route for route in routes() if not route.startswith("admin/") or route in OPEN}
    assert (real - listed, listed - real) == (set(), set())


def test_a_stranger_is_sent_to_the_login_page_or_told_401(client, ids):
    wrong = []
    for route, entry in {**PAGES, **API}.items():
        response, text = ask(client, route, entry, ids)
        sent = response.status_code == 302 and response.url.startswith("/login/")
        if not (response.status_code == 401 if route.startswith("api/") else sent) or CANARY in text:
            wrong.append((route, response.status_code))
    assert not wrong, "\n".join(map(str, wrong))


def test_no_stranger_and_no_role_but_staff_enters_the_admin(client, ids):
    wrong = []
    for route in (route for route in routes() if route.startswith("admin/") and route not in OPEN):
        url = "/" + route.replace("<path:object_id>", "1").replace("<int:pk>", "1").replace("<id>", "1")
        url = url.replace("<int:object_id>", "1").replace("<int:content_type_id>", "1")
        url = url.replace("<path:url>", "x").split("(?P")[0].replace("^", "")
        response = client.get(url)
        if response.status_code not in {301, 302, 404, 405} or CANARY in response.content.decode():
            wrong.append((route, response.status_code))
    client.force_login(known("ops", ALL))
    assert client.get("/admin/", follow=True).status_code == 403
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_opens_its_pages_and_no_other(client, ids, role):
    user, wrong = known(role, ALL), []
    secret, _token = issue("t", user)
    for route, entry in {**PAGES, **API}.items():
        if route == "logout/":
            continue
        machine = {"Authorization": f"Token {secret}", "Idempotency-Key": "k"} if route.startswith("api/") else {}
        client.force_login(user)
        response, _text = ask(client, route, entry, ids, **machine)
        turned_away = response.status_code in {401, 403} or getattr(response, "url", "").startswith("/login/")
        if turned_away == (role in entry.roles) or response.status_code >= 500:
            wrong.append((route, response.status_code, getattr(response, "url", "")))
    assert not wrong, "\n".join(map(str, wrong))


@pytest.mark.parametrize("scope", [ELSEWHERE, None], ids=["elsewhere", "nowhere"])
@pytest.mark.parametrize("role", sorted(ROLES))
def test_nobody_sees_rows_of_another_shop_or_warehouse(client, ids, role, scope):
    user, wrong = known(role, scope), []
    secret, _token = issue("t", user)
    for route, entry in {**PAGES, **API}.items():
        if entry.shared or route == "logout/" or role not in entry.roles:
            continue
        machine = {"Authorization": f"Token {secret}", "Idempotency-Key": "k"} if route.startswith("api/") else {}
        client.force_login(user)
        response, text = ask(client, route, entry, ids, **machine)
        seen = CANARY in text or response.changed or (entry.about and not entry.common and response.status_code != 404)
        if seen or response.status_code >= 500:
            wrong.append((route, response.status_code, text[max(text.find(CANARY) - 80, 0) :][:160]))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_rows_are_seen_by_whoever_may(client, ids):
    """Otherwise a page that shows nothing to anybody would pass for a walled one."""
    user = known("admin", ALL)
    secret, _token = issue("t", user)
    blind = []
    for route, entry in {**PAGES, **API}.items():
        if not (
            entry.about
            or route
            in {"orders/", "exceptions/", "tickets/", "shipments/", "waves/", "finance/", "completeness/", "messages/"}
        ):
            continue
        if entry.post is not None or entry.shared or "job" in entry.about.values():
            continue
        client.force_login(user)
        machine = {"Authorization": f"Token {secret}"} if route.startswith("api/") else {}
        response, text = ask(client, route, entry, ids, **machine)
        if response.status_code != 200 or (CANARY not in text and "tracking" not in route):
            blind.append((route, response.status_code))
    assert blind == []
