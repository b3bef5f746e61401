"""What carriers tell us reaches the buyer's words, and trouble opens a ticket before anybody asks."""

from datetime import timedelta

import pytest

from aftersales.models import Ticket
from aftersales.selectors import progress
from aftersales.services import stuck
from core import clock
from core.models import Event
from fulfillment.domain import events as e
from fulfillment.domain.carriage import ParcelTrack, TrackEvent, TrackStatus
from fulfillment.services.parcels import ParcelChanges, open_for
from fulfillment.services.tracking import apply_tracks
from tests.aftersales.counter import clean


@pytest.fixture
def on_the_way(counter):
    """A shipped order whose parcel SF100 the carrier knows."""
    counter.sku("A", near=5)
    order = counter.bought("T1", ("A", 2, 1000))
    suborder = order.suborders.get()
    [parcel_id] = open_for([suborder.pk])
    changes = ParcelChanges()
    changes.open([parcel_id])
    changes.add(parcel_id, e.PARCEL_PACKED, {"weight_g": 300, "expected_g": 300, "checks": [], "overrule": ""})
    changes.add(parcel_id, e.WAYBILL_BOUND, {"carrier": "SF", "waybill_no": "SF100", "freight_fen": 500})
    left = {"order_id": order.pk, "suborder_id": suborder.pk, "warehouse_id": counter.near.pk}
    waybill = {
        "carrier": "SF",
        "waybill_no": "SF100",
        "weight_g": 300,
        "freight_fen": 500,
        "shipped_at": "",
        "lines": [],
    }
    changes.add(parcel_id, e.PARCEL_SHIPPED, {**left, **waybill})
    counter.ship(order)
    changes.save()
    return order


def scan(status, *, hours=0, place=""):
    at = clock.now() + timedelta(hours=hours)
    return ParcelTrack("SF100", "SF", (TrackEvent(TrackStatus(status), "x", at, place, "text"),), None)


def test_the_last_scan_and_the_usual_day_are_told(counter, on_the_way):
    apply_tracks([scan("picked_up", hours=-5), scan("in_transit", hours=-1, place="东莞中转场")])
    told = progress.for_order(on_the_way)
    assert told[0].startswith("SF SF100 正在运输途中,最新位置:东莞中转场(")
    assert told[1].startswith("预计") and told[1].endswith("前送达。")  # 48 usual hours to the province
    assert progress.last_waybill(on_the_way) == ("SF", "SF100")
    apply_tracks([scan("delivered")])
    assert "送达" in progress.for_order(on_the_way)[0]


def test_a_receiver_abroad_is_told_in_english(counter, on_the_way):
    on_the_way.country = "US"
    assert progress.for_order(on_the_way)[0].startswith("SF SF100 was handed over on")


def test_trouble_opens_one_ticket_however_often_it_is_told(counter, on_the_way):
    apply_tracks([scan("exception")])
    counter.relay()
    apply_tracks([scan("in_transit", hours=1), scan("exception", hours=2)])
    counter.relay()
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.source, ticket.order, ticket.priority) == ("lost", "tracking", on_the_way, 2)
    assert ticket.dedupe_key == "tracking:SF:SF100"
    node = Event.objects.get(type="fulfillment.parcel_node", payload__node="exception").payload
    stuck.take([node, node])
    assert Ticket.objects.count() == 1
    clean()


def test_good_news_opens_none(counter, on_the_way):
    apply_tracks([scan("picked_up"), scan("delivered", hours=1)])
    counter.relay()
    assert not Ticket.objects.exists()
