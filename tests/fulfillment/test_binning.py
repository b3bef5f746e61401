from hypothesis import given
from hypothesis import strategies as st

from fulfillment.domain.binning import Shelf, Take, Want, serve


def test_the_preferred_bin_that_has_it_all_is_the_only_stop():
    want = Want(1, 7, 5)
    shelves = {7: [Shelf(10, 3), Shelf(11, 9), Shelf(12, 5)]}
    assert serve({100: [want]}, shelves).served == {100: [Take(want, 11, 5)]}
    assert [shelf.left for shelf in shelves[7]] == [3, 4, 5]


def test_when_no_bin_has_it_all_the_best_are_emptied_in_turn():
    want = Want(1, 7, 7)
    assert serve({100: [want]}, {7: [Shelf(10, 3), Shelf(11, 5)]}).served == {
        100: [Take(want, 10, 3), Take(want, 11, 4)]
    }


def test_who_cannot_be_served_whole_takes_nothing_from_the_next():
    short, fine = [Want(1, 7, 2), Want(2, 8, 1)], [Want(3, 7, 2)]
    done = serve({100: short, 101: fine}, {7: [Shelf(10, 2)]})
    assert done.unserved == {100: [8]}
    assert done.served == {101: [Take(fine[0], 10, 2)]}


@given(
    st.dictionaries(st.integers(1, 9), st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), max_size=3)),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 6)), max_size=6),
)
def test_no_bin_gives_more_than_it_has_and_the_served_get_all_they_want(orders, stock):
    wants = {o: [Want(o * 10 + i, sku, qty) for i, (sku, qty) in enumerate(lines)] for o, lines in orders.items()}
    shelves: dict[int, list[Shelf]] = {}
    for number, (sku, left) in enumerate(stock):
        shelves.setdefault(sku, []).append(Shelf(number, left))
    before = {shelf.bin_id: shelf.left for row in shelves.values() for shelf in row}
    done = serve(wants, shelves)
    after = {shelf.bin_id: shelf.left for row in shelves.values() for shelf in row}
    given_out: dict[int, int] = {}
    for order, takes in done.served.items():
        for want in wants[order]:
            assert sum(take.qty for take in takes if take.want == want) == want.qty
        for take in takes:
            given_out[take.bin_id] = given_out.get(take.bin_id, 0) + take.qty
    assert all(after[b] >= 0 and before[b] - after[b] == given_out.get(b, 0) for b in before)
