"""The floor in a browser: every page, for those who may see it and for those who may not."""

import uuid

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from core.models import Job, UserScope
from core.services import jobs, rules
from core.services.roles import sync_roles
from fulfillment.models import Parcel, PickScan, Wave
from fulfillment.services import picking, waves, waybills
from fulfillment.services.tracking import apply_tracks
from oms.services import orders
from tests.fulfillment.floor import clean, statuses
from tests.fulfillment.test_tracking import JOURNEY, push

HTMX = {"HX-Request": "true"}


@pytest.fixture
def people(floor):
    """One login per role with all warehouses, and `elsewhere`, who packs and picks in none."""
    sync_roles()
    made = {}
    roles = {name: [name] for name in ("ops", "picker", "packer", "cs", "finance")} | {
        "elsewhere": ["packer", "picker"]
    }
    for name, groups in roles.items():
        made[name], _new = User.objects.get_or_create(username=name)
        made[name].groups.set(Group.objects.filter(name__in=groups))
        everywhere = name != "elsewhere"
        UserScope.objects.create(user=made[name], all_shops=everywhere, all_warehouses=everywhere)
    return made


@pytest.fixture
def surf(client, people):
    """`surf("picker")` is a browser in which that person is logged in."""

    def as_(name):
        client.force_login(people[name])
        return client

    return as_


def text(response):
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def hidden(page, name):
    """Value of the first hidden field of that name."""
    return page.split(f'name="{name}" value="')[1].split('"')[0]


PAGES = {"waves": "waves_view", "pick": "pick", "pack": "pack", "shipments": "shipments_view"}
MAY = {
    "ops": {"waves", "shipments"},
    "picker": {"waves", "pick"},
    "packer": {"pack", "shipments"},
    "cs": {"shipments"},
    "finance": set(),
}


@pytest.mark.parametrize("who", MAY)
def test_each_role_sees_its_pages_and_no_others(surf, who):
    browser = surf(who)
    seen = {page for page in PAGES if browser.get(reverse(f"fulfillment:{page}")).status_code == 200}
    assert seen == MAY[who]
    refused = {browser.get(reverse(f"fulfillment:{page}")).status_code for page in PAGES.keys() - MAY[who]}
    assert refused == {403}


def test_strangers_are_sent_to_the_login_page(client, db):
    for page in PAGES:
        assert client.get(reverse(f"fulfillment:{page}")).url.startswith("/login/")


def test_waves_are_made_read_and_called_off_on_screen(floor, surf):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    rules.publish(
        rules.draft("wave", [{"name": "later", "conditions": [], "action": {"min_orders": 9, "urgent_hours": 0}}]).pk
    )
    browser = surf("ops")
    assert "待配货子单 1 个" in text(browser.get("/waves/"))
    browser.post("/waves/plan/")
    wave = Wave.objects.get()
    link = f'href="/waves/{wave.pk}/"'
    assert link in text(browser.get("/waves/", {"state": "released"}))
    assert link not in text(browser.get("/waves/", {"state": "done"}))
    page = text(browser.get(f"/waves/{wave.pk}/"))
    assert "NEAR-A1" in page
    assert f"{wave.metres} m" in page
    assert text(browser.get(f"/waves/{wave.pk}/", headers=HTMX)).count("<html") == 0
    browser.post(f"/waves/{wave.pk}/cancel/")
    assert statuses() == ["reserved"]
    assert surf("elsewhere").get(f"/waves/{wave.pk}/").status_code == 404
    assert surf("cs").post("/waves/plan/").status_code == 403


def test_a_walk_on_the_phone(floor, surf):
    a, b = floor.sku("A", near=9), floor.sku("B")
    floor.stock(b, near=5, at="B2")
    floor.sell("T1", ("A", 1, 100), ("B", 1, 100))
    [wave_id] = waves.plan(floor.near.pk)
    task = Wave.objects.get(pk=wave_id).task
    browser = surf("picker")
    page = text(browser.get("/pick/"))
    assert '<p class="big">NEAR-A1</p>' in page
    scan = f"/pick/{task.pk}/scan/"
    act = hidden(page, "uuid")
    first = browser.post(scan, {"code": "near-a1", "uuid": act}, headers=HTMX)
    again = browser.post(scan, {"code": "near-a1", "uuid": act}, headers=HTMX)
    assert 'data-tone="ok"' in text(first)
    assert 'data-tone="ok"' in text(again)
    assert PickScan.objects.count() == 1
    wrong = text(browser.post(scan, {"code": floor.barcode(b), "uuid": uuid.uuid4()}, headers=HTMX))
    assert 'data-tone="wrong"' in wrong
    assert "商品不对" in wrong
    after = text(browser.post(scan, {"code": floor.barcode(a), "uuid": uuid.uuid4()}, headers=HTMX))
    assert '<p class="big">NEAR-B2</p>' in after
    text(browser.post(scan, {"code": "C-UNDO", "uuid": uuid.uuid4()}, headers=HTMX))
    assert '<p class="big">NEAR-A1</p>' in text(browser.get("/pick/"))
    text(browser.post(scan, {"code": "C-LATER", "uuid": uuid.uuid4()}, headers=HTMX))
    line = picking.next_line(task.pk)
    assert line.bin.code == "NEAR-B2"
    text(browser.post(f"/pick/{task.pk}/short/{line.pk}/", {"uuid": uuid.uuid4()}))
    assert statuses() == ["cancelled"]
    page = text(browser.get("/pick/"))
    assert "NEAR-A1" not in page
    clean()


def test_what_was_cancelled_under_way_is_to_be_put_back(floor, surf):
    a = floor.sku("A", near=9)
    floor.sell("T1", ("A", 2, 200))
    floor.sell("T2", ("A", 2, 200))
    task = floor.wave()
    floor.pick_line(task)
    orders.cancel([floor.get("T1").pk], "refund")
    clean()
    page = text(surf("picker").get("/pick/"))
    assert f"2 × {a.code}" in page
    assert "NEAR-A1" in page
    assert "待退回货架" in text(surf("ops").get(f"/waves/{task.wave_id}/"))


def test_nobody_scans_on_another_ones_walk(floor, surf):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    task = floor.wave()
    assert surf("elsewhere").post(f"/pick/{task.pk}/scan/", {"code": "x"}).status_code == 404
    line = picking.next_line(task.pk)
    assert surf("picker").post(f"/pick/{task.pk}/short/{line.pk + 99}/", {"uuid": uuid.uuid4()}).status_code == 404


def test_the_bench_from_scan_to_label(floor, surf):
    vase = floor.sku("VASE", near=5, is_fragile=True)
    floor.sell("T1", ("VASE", 1, 100))
    floor.pick_all()
    parcel = floor.parcel("T1")
    waybills.fetch([parcel.pk])
    browser = surf("packer")
    assert f"S{parcel.suborder_id}" in text(browser.get("/pack/"))
    assert browser.get("/pack/", {"code": floor.barcode(vase)}).url == f"/pack/{parcel.pk}/"
    assert "没有这个包裹" in text(browser.get("/pack/", {"code": "P999"}))
    wrong = text(browser.post(f"/pack/{parcel.pk}/scan/", {"code": "junk", "uuid": uuid.uuid4()}, headers=HTMX))
    assert 'data-tone="wrong"' in wrong
    done = text(browser.post(f"/pack/{parcel.pk}/scan/", {"code": floor.barcode(vase), "uuid": uuid.uuid4()}))
    assert 'data-tone="done"' in done
    assert 'name="check" value="fragile"' in done
    assert 'data-tone="wrong"' in text(browser.post(f"/pack/{parcel.pk}/complete/", {"weight_g": "160"}))
    heavy = text(browser.post(f"/pack/{parcel.pk}/complete/", {"weight_g": "900", "check": "fragile"}))
    assert 'name="overrule"' in heavy
    assert "实称 900" in heavy
    assert 'data-tone="wrong"' in text(
        browser.post(f"/pack/{parcel.pk}/complete/", {"weight_g": "１２", "check": "fragile"})
    )
    closed = browser.post(f"/pack/{parcel.pk}/complete/", {"weight_g": "160", "check": "fragile"})
    assert closed.url == f"/pack/?done={parcel.pk}"
    assert 'name="action" value="label"' in text(browser.get(closed.url))
    assert 'data-tone="wrong"' in text(browser.post(f"/pack/{parcel.pk}/scan/", {"code": floor.barcode(vase)}))
    assert surf("elsewhere").get(f"/pack/{parcel.pk}/").status_code == 404
    clean()


def test_a_parcel_is_started_over(floor, surf):
    a = floor.sku("A", near=5)
    floor.sell("T1", ("A", 2, 200))
    floor.pick_all()
    parcel = floor.parcel("T1")
    browser = surf("packer")
    page = text(browser.post(f"/pack/{parcel.pk}/scan/", {"code": floor.barcode(a), "uuid": uuid.uuid4()}))
    assert "1/2" in page
    browser.post(f"/pack/{parcel.pk}/restart/")
    assert "0/2" in text(browser.get(f"/pack/{parcel.pk}/"))


def test_numbers_labels_and_hand_over_are_jobs_with_an_answer_per_parcel(floor, surf):
    floor.sku("A", near=9)
    for no in ("T1", "T2"):
        floor.sell(no, ("A", 1, 100))
    floor.pick_all()
    first, second = floor.pack("T1"), floor.pack("T2")
    floor.carrier_office.refuse.add("T2")
    browser = surf("packer")
    assert f"P{first.pk}" in text(browser.get("/shipments/", {"state": "packed"}))
    for action in ("label", "fetch", "handover"):
        queued = browser.post("/shipments/actions/", {"action": action, "id": [first.pk, second.pk]})
        assert "hx-get" in text(browser.get(queued.url))
        assert jobs.run_next()
        page = text(browser.get(queued.url))
        assert f"P{second.pk}" in page
        assert "hx-get" not in page.split('id="job"')[1]
    label_job = Job.objects.order_by("id").first()
    pdf = browser.get(f"/jobs/{label_job.pk}/file/")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")
    assert statuses() == ["shipped", "packed"]
    assert surf("ops").get(f"/jobs/{label_job.pk}/").status_code == 404
    assert surf("cs").post("/shipments/actions/", {"action": "handover", "id": second.pk}).status_code == 403
    assert surf("elsewhere").post("/shipments/actions/", {"action": "label", "id": second.pk}).url == "/shipments/"
    assert Job.objects.count() == 3


def test_all_that_match_the_filters_are_chosen_at_once(floor, surf):
    floor.sku("A", near=9)
    for no in ("T1", "T2", "T3"):
        floor.sell(no, ("A", 1, 100))
    floor.pick_all()
    packed = [floor.pack(no).pk for no in ("T1", "T2")]
    surf("packer").post("/shipments/actions/", {"action": "fetch", "all": "1", "filters": "state=packed"})
    assert Job.objects.get().params["parcel_ids"] == packed


def test_a_parcels_page_tells_its_whole_story(floor, surf):
    floor.sku("A", near=9), floor.sku("B", near=1)
    floor.sell("T1", ("A", 1, 100))
    [parcel] = floor.ship("T1")
    apply_tracks([push(parcel.waybill_no, *JOURNEY)])
    page = text(surf("cs").get(f"/shipments/{parcel.pk}/"))
    for words in (parcel.waybill_no, "c-delivered", "¥5.00", "已交接给快递", "¥5.00"):
        assert words in page, words
    assert surf("elsewhere").get(f"/shipments/{parcel.pk}/").status_code == 404
    assert f"P{parcel.pk}" in text(surf("cs").get("/shipments/", {"q": parcel.waybill_no, "track_status": "delivered"}))
    assert f"/shipments/{parcel.pk}/" not in text(surf("cs").get("/shipments/", {"q": "nothing"}))
    assert f"/shipments/{parcel.pk}/" in text(surf("cs").get("/shipments/", {"printed": "false"}))


def test_lists_take_the_same_number_of_queries_however_long(floor, surf, django_assert_max_num_queries):
    floor.sku("A", near=99)
    for number in range(12):
        floor.sell(f"T{number}", ("A", 1, 100))
    floor.pick_all()
    for number in range(12):
        floor.pack(f"T{number}")
    browser = surf("ops")
    for page in ("/shipments/", "/waves/"):
        browser.get(page)
        with django_assert_max_num_queries(30):
            text(browser.get(page))
    assert Parcel.objects.count() == 12


@pytest.mark.parametrize("model", ["wave", "pickscan", "shortfall", "parcel", "packscan", "waybill", "trackingscan"])
def test_the_papers_of_the_floor_can_be_looked_at_but_not_changed(floor, client, model):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    [parcel] = floor.ship("T1")
    apply_tracks([push(parcel.waybill_no, *JOURNEY)])
    boss = User.objects.create_superuser("boss")
    UserScope.objects.create(user=boss, all_shops=True, all_warehouses=True)
    client.force_login(boss)
    text(client.get(f"/admin/fulfillment/{model}/"))
    assert client.get(f"/admin/fulfillment/{model}/add/").status_code == 403
