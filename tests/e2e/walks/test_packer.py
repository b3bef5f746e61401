"""A packer: every unit verified, the scale, the labels on paper, the van."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from core.services import jobs
from fulfillment.models import Parcel, PickLine
from tests.e2e.hands import gun, read_alarm, scan
from tests.e2e.walks.business import codes, pack, pick_everything
from tests.e2e.walks.conftest import PHONE

POINTS_PER_MM = 72 / 25.4


@pytest.fixture
def parcels(shop_floor):
    """Three parcels that wait at the bench."""
    pick_everything()
    return list(Parcel.objects.filter(suborder__status="picked").order_by("id")[:3])


def test_units_are_verified_the_scale_is_believed_and_the_parcel_closed(parcels, visit):
    parcel = parcels[0]
    page = visit("packer", **PHONE)
    page.goto("/pack/")
    gun(page, f"S{parcel.suborder_id}")
    page.wait_for_url(f"**/pack/{parcel.pk}/")
    scan(page, "9999999999999")
    read_alarm(page)
    page.keyboard.press("Enter")
    for line in PickLine.objects.filter(suborder_id=parcel.suborder_id):
        for _unit in range(line.qty):
            scan(page, codes(line)[1])
    close(page, parcel.expected_g + 5_000)
    expect(page.get_by_role("alert")).to_contain_text(f"应为 {parcel.expected_g} 克")
    read_alarm(page)
    page.keyboard.press("Enter")
    close(page, parcel.expected_g)
    page.wait_for_url("**/pack/?done=*")
    parcel.refresh_from_db()
    assert (parcel.state, parcel.weight_g) == ("packed", parcel.expected_g)


def close(page, grams):
    page.fill("input[name=weight_g]", str(grams))
    for box in page.locator("input[name=check]").all():
        box.check()
    page.get_by_role("button", name="封箱").click()


def test_labels_are_printed_and_the_parcels_handed_over(parcels, visit):
    for parcel in parcels:
        pack(parcel)
    page = visit("packer")
    page.goto("/shipments/?state=packed")
    run_batch(page, "打印面单")
    label = page.request.get(page.get_by_role("link", name="打开面单").get_attribute("href"))
    assert label.headers["content-type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(label.body())).pages
    sizes = [(round(p.mediabox.width / POINTS_PER_MM), round(p.mediabox.height / POINTS_PER_MM)) for p in pages]
    assert sizes == [(100, 150)] * 3
    printed = "".join(p.extract_text() for p in pages)
    assert all(parcel.waybill_no in printed for parcel in parcels)
    page.goto("/shipments/?state=packed")
    run_batch(page, "交接发货")
    assert set(Parcel.objects.filter(id__in=[p.pk for p in parcels]).values_list("state", flat=True)) == {"shipped"}


def run_batch(page, button):
    """Choose all, press the button, watch the worker do it."""
    page.locator("[data-all]").check()
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/jobs/*/")
    assert jobs.run_next()
    expect(page.locator("#job .pill")).to_contain_text("已完成")
