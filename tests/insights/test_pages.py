import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from core.errors import OneRopeError
from core.models import RuleSet, UserScope
from core.services import rules
from core.services.roles import sync_roles
from insights.bands import KPIS, Standing
from insights.selectors import kpi
from tests.oms.trade import Trade


@pytest.fixture
def ops(db, client):
    sync_roles()
    user = User.objects.create_user("boss", password="x")
    user.groups.set(Group.objects.filter(name="ops"))
    UserScope.objects.create(user=user, all_shops=True, all_warehouses=True)
    client.force_login(user)
    return client


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


def test_a_rule_is_drafted_tried_and_published_on_screen(ops):
    form = {
        "count": 1, "name-0": "贵的看一眼", "field-0": ["amount_minor"], "op-0": ["gt"], "value-0": ["500000"],
        "action-0-hold": "amount", "note": "试",
    }  # fmt: skip
    url = reverse("insights:rules-edit", args=["risk"])
    tried = ops.post(url, {**form, "action": "try"})
    assert "从未命中" in tried.content.decode() or tried.context["tried"].hits == {"贵的看一眼": 0}
    ops.post(url, {**form, "action": "publish"})
    live = RuleSet.objects.get(kind="risk", status="live")
    rule = live.rules.get()
    assert (rule.conditions, rule.action) == (
        [{"field": "amount_minor", "op": "gt", "value": 500000}],
        {"hold": "amount"},
    )


def test_a_rule_that_asks_nonsense_is_refused_with_words(ops):
    form = {"count": 1, "name-0": "坏规则", "field-0": ["amount_minor"], "op-0": ["gt"], "value-0": ["很多"]}
    answer = ops.post(reverse("insights:rules-edit", args=["risk"]), {**form, "action": "publish"}, follow=True)
    assert "坏规则" in answer.content.decode()
    assert not RuleSet.objects.filter(status="live").exists()


def test_a_published_version_cannot_be_published_again(db):
    rule_set = rules.draft("risk", [])
    rules.publish(rule_set.pk)
    with pytest.raises(OneRopeError) as caught:
        rules.publish(rule_set.pk)
    assert caught.value.code == "not_a_draft"


def test_search_goes_straight_to_the_only_hit(ops):
    trade = Trade()
    trade.sku("A", near=5)
    trade.take(trade.order("T20261111", ("A", 1, 100)))
    order = trade.get("T20261111")
    assert ops.get("/search/", {"q": "T20261111"}).url == reverse("oms:order", args=[order.pk])
    assert ops.get("/search/", {"q": "13800138000"}).url == reverse("oms:order", args=[order.pk])
    assert ops.get("/search/", {"q": "nothing"}).status_code == 200
