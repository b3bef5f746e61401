from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import Event
from core.services import replay
from fulfillment.domain.carriage import ParcelTrack, TrackEvent, TrackStatus
from fulfillment.domain.parcel import merge, nodes
from fulfillment.models import Parcel, TrackingScan
from fulfillment.services import shipping, tracking, waybills

AT = datetime(2026, 11, 12, 8, tzinfo=UTC)
LIFE = [TrackStatus.PICKED_UP, TrackStatus.IN_TRANSIT, TrackStatus.OUT_FOR_DELIVERY, TrackStatus.DELIVERED]


def scan(status, hours):
    return TrackEvent(status, status.value, AT + timedelta(hours=hours), "深圳", status.value)


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(list(TrackStatus))), max_size=8).flatmap(
    lambda scans: st.tuples(st.just(scans), st.permutations(scans))
))  # fmt: skip
def test_the_order_of_arrival_changes_nothing(pair):
    left, right = ([(str(at), status) for at, status in scans] for scans in pair)
    assert merge(left) == merge(right)
    assert nodes(left) == nodes(right)


def test_delivered_is_never_taken_back_and_an_exception_ends_with_the_next_scan():
    told = [("1", TrackStatus.PICKED_UP), ("2", TrackStatus.EXCEPTION)]
    assert merge(told) == TrackStatus.EXCEPTION
    assert merge([*told, ("3", TrackStatus.OUT_FOR_DELIVERY)]) == TrackStatus.OUT_FOR_DELIVERY
    assert merge([*told, ("3", TrackStatus.DELIVERED), ("4", TrackStatus.IN_TRANSIT)]) == TrackStatus.DELIVERED
    assert merge([*told, ("3", TrackStatus.RETURNING), ("4", TrackStatus.IN_TRANSIT)]) == TrackStatus.RETURNING
    assert merge([("1", TrackStatus.UNKNOWN)]) == TrackStatus.CREATED


@pytest.fixture
def parcel(floor):
    floor.sku("A", near=5)
    floor.take(floor.order("T1", ("A", 1, 100)))
    floor.allocate()
    floor.wave()
    waybills.fetch(waybills.needing_number())
    floor.pick_all()
    floor.pack_all()
    made = Parcel.objects.get()
    shipping.handover([made.pk])
    return Parcel.objects.get()


def push(parcel, *scans):
    return tracking.apply_tracks([ParcelTrack(parcel.waybill_no, parcel.carrier, tuple(scans), None)])


def told(parcel):
    rows = Event.objects.filter(type="fulfillment.parcel_node", stream=f"fulfillment.parcel:{parcel.pk}").order_by("id")
    return [row.payload["node"] for row in rows]


def test_each_customer_node_is_told_once_whatever_is_pushed(floor, parcel):
    scans = [scan(status, hours) for hours, status in enumerate(LIFE, start=1)]
    for order in list(permutations(scans))[::5]:
        push(parcel, *order[:2])
        push(parcel, *order)
    assert sorted(told(parcel)) == ["delivered", "picked_up"]
    assert TrackingScan.objects.count() == 4
    after = Parcel.objects.get()
    assert (after.track_status, after.first_scan_at) == ("delivered", AT + timedelta(hours=1))
    assert floor.get("T1").status == "completed"
    assert replay.verify().ok


def test_a_copy_is_the_same_and_an_unknown_code_is_kept_without_a_word(parcel):
    assert push(parcel, scan(TrackStatus.PICKED_UP, 1)) == ["advanced"]
    assert push(parcel, scan(TrackStatus.PICKED_UP, 1)) == ["same"]
    push(parcel, scan(TrackStatus.UNKNOWN, 2))
    assert Parcel.objects.get().track_status == "picked_up"
    assert told(parcel) == ["picked_up"]
    assert TrackingScan.objects.filter(status="unknown").exists()


def test_a_number_that_is_not_ours_is_no_error(parcel):
    stranger = ParcelTrack("XX1", "SF", (scan(TrackStatus.DELIVERED, 1),), None)
    assert tracking.apply_tracks([stranger]) == ["no_parcel"]
