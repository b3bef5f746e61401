import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Event
from fulfillment.domain.carriage import ParcelTrack, TrackEvent, TrackStatus
from fulfillment.models import CustomerNodeSent, Parcel, TrackingScan
from fulfillment.services import shipping, waybills
from fulfillment.services.tracking import apply_tracks
from oms.models import SubOrder
from tests.fulfillment.floor import Floor, clean, statuses

S = TrackStatus
START = datetime(2026, 11, 12, tzinfo=UTC)


def at(hour):
    return START + timedelta(hours=hour)


def scan(hour, status, *, text="", place="深圳", code=""):
    moment = at(hour) if hour is not None else None
    return TrackEvent(status, code or f"c-{status.value}", moment, place, text or status.value)


def push(number, *events, carrier="SF"):
    return ParcelTrack(number, carrier, tuple(events), None)


def told():
    rows = Event.objects.filter(type="fulfillment.parcel_node").order_by("id")
    return [(row.payload["node"], row.payload["late"]) for row in rows]


JOURNEY = [scan(1, S.PICKED_UP), scan(9, S.IN_TRANSIT), scan(30, S.OUT_FOR_DELIVERY), scan(33, S.DELIVERED)]


@pytest.fixture
def gone(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    [parcel] = floor.ship("T1")
    return parcel


def test_a_parcel_goes_its_way_and_the_order_is_done(floor, gone):
    for event in JOURNEY:
        assert apply_tracks([push(gone.waybill_no, event)]) == ["advanced"]
    gone.refresh_from_db()
    assert (gone.track_status, gone.first_scan_at, gone.last_scan_at, gone.delivered_at) == (
        "delivered", at(1), at(33), at(33),
    )  # fmt: skip
    assert told() == [("picked_up", False), ("delivered", False)]
    assert (statuses(), floor.get("T1").status) == (["delivered"], "completed")
    clean()


def test_the_whole_trace_again_and_again_is_told_once(gone):
    for length in (1, 2, 2, 4, 4, 3):
        apply_tracks([push(gone.waybill_no, *JOURNEY[:length])])
    assert TrackingScan.objects.count() == 4
    assert told() == [("picked_up", False), ("delivered", False)]
    assert apply_tracks([push(gone.waybill_no, *JOURNEY)]) == ["same"]
    clean()


def test_a_reworded_scan_is_the_same_scan(gone):
    apply_tracks([push(gone.waybill_no, scan(1, S.PICKED_UP, text="已揽收"))])
    apply_tracks([push(gone.waybill_no, scan(1, S.PICKED_UP, text="快件已被揽收"))])
    assert TrackingScan.objects.get().text == "已揽收"


def test_scans_without_a_time_are_told_apart_by_their_words(gone):
    told_twice = [scan(None, S.IN_TRANSIT, text="到达广州"), scan(None, S.IN_TRANSIT, text="到达长沙")]
    apply_tracks([push(gone.waybill_no, *told_twice), push(gone.waybill_no, *told_twice)])
    assert TrackingScan.objects.count() == 2


def test_an_unknown_code_is_kept_and_told_to_nobody(gone):
    assert apply_tracks([push(gone.waybill_no, scan(2, S.UNKNOWN, code="999"))]) == ["same"]
    assert TrackingScan.objects.get().code == "999"
    assert told() == []
    gone.refresh_from_db()
    assert (gone.track_status, gone.first_scan_at) == ("created", None)
    clean()


def test_an_exception_is_told_once_however_often_it_comes_back(gone):
    trouble = [scan(h, S.EXCEPTION, code=f"e{h}") for h in (10, 12, 14)]
    apply_tracks([push(gone.waybill_no, scan(1, S.PICKED_UP), trouble[0])])
    apply_tracks([push(gone.waybill_no, scan(13, S.IN_TRANSIT))])
    apply_tracks([push(gone.waybill_no, trouble[1]), push(gone.waybill_no, trouble[2])])
    gone.refresh_from_db()
    assert gone.track_status == "exception"
    assert told() == [("picked_up", False), ("exception", False)]
    clean()


def test_news_that_comes_after_the_delivery_is_marked_late(gone):
    apply_tracks([push(gone.waybill_no, scan(33, S.DELIVERED))])
    apply_tracks([push(gone.waybill_no, scan(20, S.EXCEPTION))])
    assert told() == [("picked_up", True), ("delivered", False), ("exception", True)]
    gone.refresh_from_db()
    assert gone.track_status == "delivered"
    clean()


def test_a_number_that_is_not_ours_changes_nothing(gone):
    assert apply_tracks([push("XX404", *JOURNEY), push("", *JOURNEY)]) == ["no_parcel", "no_parcel"]
    assert TrackingScan.objects.count() == 0


def test_an_aggregator_may_name_the_carrier_its_own_way(gone):
    assert apply_tracks([push(gone.waybill_no, *JOURNEY, carrier="shunfeng")]) == ["advanced"]


def test_a_carrier_that_fetches_before_we_say_so_is_believed(floor):
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    floor.pick_all()
    parcel = floor.pack("T1")
    waybills.fetch([parcel.pk])
    assert apply_tracks([push(floor.parcel("T1").waybill_no, *JOURNEY)]) == ["advanced"]
    assert statuses() == ["packed"]
    shipping.handover([parcel.pk])
    assert statuses() == ["delivered"]
    clean()


def test_a_batch_of_pushes_takes_a_fixed_number_of_queries(floor, django_assert_max_num_queries):
    floor.sku("A", near=99)
    numbers = [f"T{n}" for n in range(12)]
    for no in numbers:
        floor.sell(no, ("A", 1, 100))
    parcels = floor.ship(*numbers)
    with django_assert_max_num_queries(40):
        apply_tracks([push(parcel.waybill_no, *JOURNEY) for parcel in parcels])
    assert set(statuses()) == {"delivered"}


any_scan = st.builds(scan, st.integers(0, 40), st.sampled_from(list(S)), code=st.sampled_from(["a", "b"]))


@given(drawn=st.lists(any_scan, min_size=1, max_size=8), random=st.randoms())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_of_pushes_comes_to_the_same_parcel(gone, drawn, random):
    outcomes = []
    for _ in range(2):
        with transaction.atomic():
            pushes = [push(gone.waybill_no, *random.sample(drawn, random.randint(1, len(drawn)))) for _ in range(4)]
            pushes += [push(gone.waybill_no, event) for event in drawn]
            random.shuffle(pushes)
            for start in range(0, len(pushes), 3):
                apply_tracks(pushes[start : start + 3])
            columns = ["track_status", "first_scan_at", "last_scan_at", "delivered_at"]
            nodes = set(CustomerNodeSent.objects.values_list("node", flat=True))
            outcomes.append((Parcel.objects.values_list(*columns).get(), nodes, TrackingScan.objects.count()))
            clean()
            transaction.set_rollback(True)
    assert outcomes[0] == outcomes[1]


@pytest.mark.django_db(transaction=True)
def test_the_same_pushes_from_many_workers_at_once_are_told_once():
    floor = Floor()
    floor.sku("A", near=9)
    floor.sell("T1", ("A", 1, 100))
    floor.sell("T2", ("A", 1, 100))
    first, second = floor.ship("T1", "T2")
    batch = [push(first.waybill_no, *JOURNEY), push(second.waybill_no, *JOURNEY)]
    gate, trouble = threading.Barrier(6), []

    def work(pushes):
        try:
            gate.wait()
            apply_tracks(pushes)
        except Exception as exc:
            trouble.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[batch if n % 2 else batch[::-1]]) for n in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert trouble == []
    assert sorted(told()) == [("delivered", False), ("delivered", False), ("picked_up", True), ("picked_up", True)]
    assert TrackingScan.objects.count() == 8
    assert list(SubOrder.objects.values_list("status", flat=True)) == ["delivered", "delivered"]
    clean()
