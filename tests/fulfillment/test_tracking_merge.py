"""Scans come twice, late and in any order; what they come to does not depend on that."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.carriage import CustomerNode, TrackStatus
from fulfillment.domain.tracking import Progress, Scan, is_late, nodes, progress

S = TrackStatus
START = datetime(2026, 11, 11, tzinfo=UTC)
RANKED = [S.CREATED, S.PICKED_UP, S.IN_TRANSIT, S.OUT_FOR_DELIVERY, S.AT_LOCKER, S.DELIVERED]
scans_of = st.lists(st.tuples(st.integers(0, 20), st.sampled_from(list(S))), max_size=12)


def scan(hour, status):
    return Scan((START + timedelta(hours=hour)).isoformat(), status)


def at(hour):
    return (START + timedelta(hours=hour)).isoformat()


def status_after(*statuses):
    return progress(scan(hour, status) for hour, status in enumerate(statuses)).status


def test_a_usual_journey():
    done = progress(
        [
            scan(0, S.CREATED),
            scan(1, S.PICKED_UP),
            scan(9, S.IN_TRANSIT),
            scan(20, S.OUT_FOR_DELIVERY),
            scan(22, S.DELIVERED),
        ]
    )
    assert done == Progress(S.DELIVERED, at(1), at(22), at(22))


def test_an_exception_shows_until_something_newer_comes():
    assert status_after(S.PICKED_UP, S.OUT_FOR_DELIVERY, S.EXCEPTION) == S.EXCEPTION
    assert status_after(S.PICKED_UP, S.EXCEPTION, S.OUT_FOR_DELIVERY) == S.OUT_FOR_DELIVERY


def test_an_exception_is_left_at_the_height_it_was_entered_from():
    assert status_after(S.OUT_FOR_DELIVERY, S.EXCEPTION, S.IN_TRANSIT) == S.OUT_FOR_DELIVERY


def test_an_unknown_code_moves_nothing():
    assert status_after(S.PICKED_UP, S.UNKNOWN) == S.PICKED_UP
    assert progress([scan(1, S.UNKNOWN)]) == Progress(S.CREATED, None, None, None)


def test_a_refused_parcel_comes_back():
    assert status_after(S.OUT_FOR_DELIVERY, S.EXCEPTION, S.RETURNING, S.IN_TRANSIT) == S.RETURNING
    assert status_after(S.OUT_FOR_DELIVERY, S.RETURNING, S.RETURNED, S.DELIVERED) == S.RETURNED
    assert status_after(S.RETURNING, S.DELIVERED) == S.DELIVERED


def test_trouble_before_the_carrier_had_it_is_no_first_scan():
    assert progress([scan(1, S.EXCEPTION), scan(5, S.PICKED_UP)]).first_scan_at == at(5)


def test_a_delivery_tells_of_the_pick_up_too():
    assert nodes([scan(1, S.DELIVERED)]) == [CustomerNode.PICKED_UP, CustomerNode.DELIVERED]
    assert nodes([scan(1, S.RETURNING)]) == [CustomerNode.EXCEPTION]
    assert nodes([scan(1, S.CREATED), scan(2, S.UNKNOWN)]) == []


def test_stale_news_is_marked_late():
    assert is_late(CustomerNode.PICKED_UP, S.DELIVERED)
    assert is_late(CustomerNode.EXCEPTION, S.DELIVERED)
    assert not is_late(CustomerNode.EXCEPTION, S.RETURNING)
    assert not is_late(CustomerNode.PICKED_UP, S.IN_TRANSIT)


@given(scans_of, st.randoms())
def test_any_order_and_any_repetition_comes_to_the_same(drawn, random):
    scans = [scan(hour, status) for hour, status in drawn]
    shuffled = scans + [random.choice(scans)] * 2 if scans else []
    random.shuffle(shuffled)
    assert progress(shuffled) == progress(scans)
    assert nodes(shuffled) == nodes(scans)


@given(scans_of, st.tuples(st.integers(0, 20), st.sampled_from(RANKED)))
def test_one_more_plain_scan_never_lowers_a_plain_status(drawn, extra):
    scans = [scan(hour, status) for hour, status in drawn]
    before, after = progress(scans).status, progress([*scans, scan(*extra)]).status
    if before in RANKED and after in RANKED:
        assert RANKED.index(after) >= RANKED.index(before)


@given(scans_of)
def test_nodes_are_never_taken_back(drawn):
    scans = [scan(hour, status) for hour, status in drawn]
    told = [set(nodes(scans[:cut])) for cut in range(len(scans) + 1)]
    assert all(earlier <= later for earlier, later in pairwise(told))
