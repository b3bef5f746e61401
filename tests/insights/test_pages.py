import pytest
from django.urls import reverse

from insights.bands import KPIS, Standing
from insights.selectors import kpi
from tests.oms.trade import Trade


def test_without_data_no_figure_is_made_up(ops):
    figures = kpi.figures()
    assert len(figures) == len(KPIS) == 9
    assert all(figure.value is None and figure.standing == Standing.NONE for figure in figures)
    page = ops.get("/").content.decode()
    assert page.count("暂无样本") == 9


@pytest.mark.parametrize(
    ("key", "value", "standing"),
    [
        ("lead", 4.2, "good"), ("lead", 6, "mid"), ("lead", 18, "mid"), ("lead", 18.1, "bad"),
        ("accuracy", 99, "good"), ("accuracy", 97, "mid"), ("accuracy", 95.9, "bad"), ("lead", None, "none"),
    ],
)  # fmt: skip
def test_a_value_stands_against_the_founding_documents_band(key, value, standing):
    band = next(band for band in KPIS if band.key == key)
    assert band.standing(value) == standing


def test_the_calculator_says_that_the_printed_examples_are_wrong(ops):
    page = ops.get(reverse("insights:calculator")).content.decode()
    assert "6.22" in page
    assert "5.64" in page
    assert "2.75" in page
    answer = ops.get(reverse("insights:calculator"), {
        "hourly": 28, "minutes": 5, "rework": 18, "error_rate": "0.0007", "fee": 80000, "orders": 200000,
    }).content.decode()  # fmt: skip
    assert "2.75" in answer


def test_search_goes_straight_to_the_only_hit(ops):
    trade = Trade()
    trade.sku("A", near=5)
    trade.take(trade.order("T20261111", ("A", 1, 100)))
    order = trade.get("T20261111")
    assert ops.get("/search/", {"q": "T20261111"}).url == reverse("oms:order", args=[order.pk])
    assert ops.get("/search/", {"q": "13800138000"}).url == reverse("oms:order", args=[order.pk])
    assert ops.get("/search/", {"q": "nothing"}).status_code == 200
