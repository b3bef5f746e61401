"""What a shop's product is: remembered, asked for once, doubted when its merchant code changes."""

from dataclasses import replace

import pytest

from catalog.models import Barcode, Listing, Sku
from catalog.selectors.matching import Named
from catalog.selectors.suggestions import suggest
from core import sweeper
from core.services import replay
from oms.domain.canonical import CanonicalLine
from oms.services import matching
from tests.oms.test_intake import reasons

pytestmark = pytest.mark.django_db


def bought(trade, no, code, listing="", qty=1, **overrides):
    line = CanonicalLine("1", code, listing, f"title of {code}", qty, 500, 500 * qty)
    return trade.order(no, lines=(line,), paid_minor=500 * qty, **overrides)


def line_of(trade, no):
    return trade.get(no).lines.get()


def waiting():
    return "oms.tasks.rematch" in sweeper.overdue()


def test_what_a_code_says_of_a_listing_is_remembered(trade):
    sku = trade.sku("A", near=9)
    trade.take(bought(trade, "T1", "A", "L1"), bought(trade, "T2", "A", "L1"))
    assert list(Listing.objects.values_list("key", "sku", "merchant_code")) == [("L1", sku.pk, "A")]
    trade.take(bought(trade, "T3", "", "L1"))
    assert line_of(trade, "T3").sku == sku, "without a code the listing says it"


def test_a_listing_known_by_its_number_alone_learns_its_code(trade):
    sku = trade.sku("A", near=9)
    Listing.objects.create(shop=trade.shop, key="L1", sku=sku)
    trade.take(bought(trade, "T1", "A", "L1"))
    assert Listing.objects.get().merchant_code == "A"


@pytest.mark.parametrize("code", ["B", "NOBODY-KNOWS"])
def test_a_merchant_code_changed_in_the_middle_of_a_sale_is_caught(trade, code):
    a, b = trade.sku("A", near=9), trade.sku("B", near=9)
    trade.take(bought(trade, "T1", "A", "L1"))
    trade.take(bought(trade, "T2", code, "L1"))
    line = line_of(trade, "T2")
    assert (line.sku, line.was_sku, reasons(trade.get("T2"))) == (None, a, ["sku_changed"])
    assert trade.get("T1").status == "ready", "orders from before stand"
    assert not waiting(), "only a person can say"
    assert matching.settle(Named(trade.shop.pk, "L1", code), b.pk) == 1
    trade.take(bought(trade, "T3", code, "L1"))
    assert [line_of(trade, no).sku for no in ("T1", "T2", "T3")] == [a, b, b]
    assert trade.get("T2").status == "ready"
    assert replay.verify().ok


def test_still_the_same_product_under_its_new_code(trade):
    a, _b = trade.sku("A", near=9), trade.sku("B", near=9)
    trade.take(bought(trade, "T1", "A", "L1"), bought(trade, "T2", "B", "L1"), bought(trade, "T3", "B", "L2"))
    matching.settle(Named(trade.shop.pk, "L1", "B"), a.pk)
    assert line_of(trade, "T2").sku == a
    trade.take(bought(trade, "T4", "B", "L3"))
    assert line_of(trade, "T4").sku.code == "B", "the word was about that listing, not about the code"


def test_two_codes_for_one_listing_in_one_batch_are_a_doubt_too(trade):
    a, _b = trade.sku("A", near=9), trade.sku("B", near=9)
    trade.take(bought(trade, "T1", "A", "L1"), bought(trade, "T2", "B", "L1"))
    assert (line_of(trade, "T1").sku, line_of(trade, "T2").sku, line_of(trade, "T2").was_sku) == (a, None, a)


def test_another_code_of_the_same_sku_is_no_change(trade):
    sku = trade.sku("A", near=9)
    Listing.objects.create(shop=trade.shop, key="ALIAS", sku=sku)
    trade.take(bought(trade, "T1", "A", "L1"), bought(trade, "T2", "ALIAS", "L1"))
    assert line_of(trade, "T2").sku == sku


def test_what_another_shop_calls_it_says_nothing(trade):
    sku = trade.sku("A", near=9)
    other = type(trade.shop).objects.create(platform="jd", code="s2", name="s2")
    Listing.objects.create(shop=other, key="THEIRS", sku=sku)
    trade.take(bought(trade, "T1", "THEIRS", "L1"))
    assert reasons(trade.get("T1")) == ["sku_unmatched"]
    assert not waiting()


def test_one_answer_lets_every_waiting_order_go_on(trade):
    sku = trade.sku("A", near=9)
    trade.take(
        bought(trade, "T1", "NEW", "L1"), bought(trade, "T2", "NEW", "L2"), bought(trade, "T3", "", "L1"),
        bought(trade, "T4", "ELSE", "L4"),
    )  # fmt: skip
    assert matching.settle(Named(trade.shop.pk, "L1", "NEW"), sku.pk) == 3
    assert [trade.get(f"T{n}").status for n in range(1, 5)] == ["ready", "ready", "ready", "held"]
    assert replay.verify().ok


def test_master_data_that_comes_later_lets_orders_go_by_itself(trade):
    trade.take(bought(trade, "T1", "LATER", "L1"), bought(trade, "T2", "NEVER", "L2"))
    assert not waiting()
    sku = trade.sku("LATER", near=9)
    assert waiting(), "the sweeper sees it"
    assert matching.rematch() == 1
    assert (line_of(trade, "T1").sku, trade.get("T1").status) == (sku, "ready")
    assert not waiting()
    assert matching.rematch() == 0


def test_a_listing_that_came_to_mean_something_else_meanwhile_is_asked_about_once(trade):
    """Read before the listing was known, written after: the sweeper turns it into a question and rings no more."""
    a = trade.sku("A", near=9)
    trade.take(bought(trade, "T1", "X", "L1"))
    Listing.objects.create(shop=trade.shop, key="L1", sku=a, merchant_code="A")
    assert matching.rematch() == 1
    assert reasons(trade.get("T1")) == ["sku_changed"]
    assert matching.rematch() == 0
    assert not waiting()


def test_a_matched_line_keeps_its_sku_while_its_names_stay(trade):
    a, b = trade.sku("A", near=9), trade.sku("B", near=9)
    trade.take(bought(trade, "T1", "A", "L1"))
    trade.allocate()
    Listing.objects.update(sku=b)
    trade.take(bought(trade, "T1", "A", "L1", qty=2, minutes=5))
    assert line_of(trade, "T1").sku == a, "its stock is locked already"


def test_many_orders_cost_as_many_queries_as_one(trade, django_assert_max_num_queries):
    trade.sku("A", near=99)
    trade.take(*(bought(trade, f"T{n}", "NEW", f"L{n}") for n in range(30)))
    Listing.objects.create(shop=trade.shop, key="NEW", sku=Sku.objects.get())
    with django_assert_max_num_queries(30):
        assert matching.rematch() == 30


def test_suggestions_name_the_likeliest_first(trade):
    cup, lid = trade.sku("TB-CUP-01"), trade.sku("LID")
    Sku.objects.filter(pk=cup.pk).update(name="保温杯 500ml")
    Sku.objects.filter(pk=lid.pk).update(name="杯盖")
    Barcode.objects.create(code="6901234567892", sku=lid)

    def told(*names):
        return [(s.code, s.why) for s in suggest(*names)]

    assert told("", "6901234567892", "x") == [("LID", "barcode")]
    assert told("", "tb cup01", "x") == [("TB-CUP-01", "code")]
    assert told("L1", "?", "2026新款大容量保温杯 500ml 男女通用")[0] == ("TB-CUP-01", "name")
    assert told("L1", "?", "羽绒服") == []
    scores = [s.score for s in suggest("", "", "保温杯 500ml 带杯盖")]
    assert scores == sorted(scores, reverse=True)
    assert max(scores) < 95, "a name proves less than a code"


def test_half_known_half_in_doubt_says_both(trade):
    trade.sku("A", near=9)
    trade.sku("B", near=9)
    trade.take(bought(trade, "T1", "A", "L1"))
    doubt = CanonicalLine("1", "B", "L1", "t", 1, 500, 500)
    lines = (doubt, replace(doubt, line_id="2", sku="NEW", listing_id="L9"))
    trade.take(trade.order("T2", lines=lines, paid_minor=1000))
    assert sorted(reasons(trade.get("T2"))) == ["sku_changed", "sku_unmatched"]
