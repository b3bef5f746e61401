"""Rules are made, tried, put into the shadow, published and compared on screen."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.models import RuleSet
from core.selectors.rules import as_rows, working
from core.services import rules
from tests.oms.trade import Trade

KIND = "/rules/risk/"
HTMX = {"HX-Request": "true"}


def condition(field, op, value, key="a"):
    return {f"field-{key}": field, f"op-{key}": op, f"value-{key}": value}


def write(client, *conditions, name="贵的看一眼", hold="amount", url=f"{KIND}new/", seen=None, **more):
    seen = rules.token(working("risk")) if seen is None else seen
    rows = {key: value for one in conditions for key, value in one.items()}
    form = {"name": name, "action-hold": hold, "enabled": "yes", "seen": seen, "action": "save", **rows, **more}
    return client.post(url, form)


def said(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def life(client, action, version=1, note="双11"):
    return client.post(f"{KIND}versions/{version}/life/", {"action": action, "note": note}, follow=True)


@pytest.mark.parametrize(
    ("field", "op", "typed", "kept"),
    [
        ("amount_minor", "gt", "5000.5", 500_050),
        ("amount_minor", "in", "1、2.5,3", [100, 250, 300]),
        ("units", "gte", "10", 10),
        ("seller_flag", "in", "1, 2", [1, 2]),
        ("cod", "eq", "yes", True),
        ("note", "contains_any", "急 改地址、换货", ["急", "改地址", "换货"]),
        ("area", "within", "新疆、海南三亚 440305 54", ["65", "4602", "440305", "54"]),
        ("orders_same_ip_1h", "gt", "3", 3),
        ("city", "ne", "北京市", "北京市"),
    ],
)
def test_a_condition_is_read_as_its_field_asks(ops, field, op, typed, kept):
    write(ops, condition(field, op, typed))
    [row] = as_rows(RuleSet.objects.get(status="draft"))
    assert row["conditions"] == [{"field": field, "op": op, "value": kept}]
    shown = re.search(r'<input name="value-\w+" value="([^"]*)"', ops.get(f"{KIND}1/").content.decode())
    again = condition(field, op, shown[1] if shown else typed)
    write(ops, again, url=f"{KIND}1/", replaces="贵的看一眼")
    assert as_rows(working("risk"))[0]["conditions"] == row["conditions"]


def test_choices_are_picked_and_several_of_them(ops):
    trade = Trade()
    write(ops, condition("shop", "in", [str(trade.shop.pk)]), condition("platform", "eq", "taobao", "b"))
    [row] = as_rows(working("risk"))
    assert [one["value"] for one in row["conditions"]] == [[trade.shop.pk], "taobao"]
    assert "店铺 属于 s1" in said(ops.get(KIND))


@pytest.mark.parametrize(
    ("field", "op", "typed"),
    [
        ("amount_minor", "gt", "很多"), ("units", "gt", ""), ("area", "within", "亚特兰蒂斯"),
        ("area", "within", "朝阳区"), ("note", "contains_any", "、"), ("seller_flag", "in", "a"),
    ],
)  # fmt: skip
def test_what_means_nothing_is_refused_and_stays_on_the_form(ops, field, op, typed):
    answer = write(ops, condition(field, op, typed))
    assert answer.status_code == 422
    assert "无法识别" in said(answer)
    assert f'value="{typed}"' in answer.content.decode()
    assert not RuleSet.objects.exists()


def test_a_rule_needs_a_name_and_a_decision(ops):
    answer = write(ops, name="", hold="")
    assert answer.status_code == 422
    assert "请给规则起个名字" in said(answer) and "请选命中后怎么处理" in said(answer)


def test_a_row_is_typed_by_its_field_as_one_writes(ops):
    row = lambda **query: ops.get(f"{KIND}row/", query, headers=HTMX).content.decode()  # noqa: E731
    assert "value-" not in row()
    money = row(key="k", **{"field-k": "amount_minor", "op-k": "", "value-k": ""})
    assert 'type="number" step="0.01"' in money and "元" in money and "含任意一个" not in money
    assert "含任意一个" in row(key="k", **{"field-k": "note"})
    assert 'value="yes"' in row(key="k", **{"field-k": "cod"})
    assert "新疆、海南三亚" in row(key="k", **{"field-k": "area"})
    assert "<html" not in money


def test_the_form_grows_without_javascript_too(ops):
    grown = write(ops, condition("units", "gt", "3"), action="row").content.decode()
    assert grown.count('class="condition"') == 2 and 'value="3"' in grown
    shrunk = write(ops, condition("units", "gt", "3"), condition("cod", "eq", "yes", "b"), remove="a").content.decode()
    assert shrunk.count('class="condition"') == 1 and "field-b" in shrunk
    assert not RuleSet.objects.exists()


def test_a_rule_lives_from_draft_over_shadow_to_live(ops):
    trade = Trade()
    trade.sku("A", near=5)
    write(ops, condition("amount_minor", "gt", "50"))
    assert "草稿第 1 版" in said(ops.get(KIND))
    trade.take(trade.order("T1", ("A", 1, 9000)), trade.order("T2", ("A", 1, 100)))
    tried = said(ops.get(f"{KIND}versions/1/try/"))
    assert "试了 2 单" in tried and "T1" in tried and "T2" not in tried
    life(ops, "shadow")
    trade.take(trade.order("T3", ("A", 1, 9000)))
    assert not trade.get("T3").holds.exists()
    found = said(ops.get(f"{KIND}versions/1/shadow/"))
    assert "T3" in found and "实际 90.00 元" in found and "放过了" in found
    life(ops, "publish")
    trade.take(trade.order("T4", ("A", 1, 9000)))
    assert trade.get("T4").holds.get().reason == "amount"
    page = said(ops.get(reverse("oms:order", args=[trade.get("T4").pk])))
    assert "贵的看一眼 v1" in page and "订单金额 大于 50.00 元" in page and "实际 90.00 元" in page
    assert "拦住 拣货打包、打单发货" in page
    assert "1 / 1" in said(ops.get(KIND))


def test_a_step_of_a_life_says_why(ops):
    write(ops, condition("units", "gt", "3"))
    assert "请写明原因" in said(life(ops, "publish", note=" "))
    assert RuleSet.objects.get().status == "draft"
    life(ops, "publish")
    live = RuleSet.objects.get()
    assert (live.note, live.published_by, live.created_by) == ("双11", "user:boss", "user:boss")
    assert "只有草稿或影子版本能上线" in said(life(ops, "publish"))


def test_versions_tell_who_changed_what_and_why(ops):
    write(ops, condition("amount_minor", "gt", "50"))
    life(ops, "publish", note="大促")
    write(ops, condition("amount_minor", "gt", "80"), url=f"{KIND}1/", replaces="贵的看一眼")
    write(ops, condition("note", "contains_any", "急"), name="加急", hold="note")
    listed = said(ops.get(f"{KIND}versions/"))
    assert "大促" in listed and "修改" in listed and "新增" in listed
    diff = said(ops.get(f"{KIND}versions/2/"))
    assert "大于 50.00 元" in diff and "大于 80.00 元" in diff and "加急" in diff
    back = life(ops, "restore", version=1)
    assert "草稿(第 3 版)" in said(back)
    assert as_rows(working("risk"))[0]["conditions"][0]["value"] == 5000
    assert "两版内容相同" in said(ops.get(f"{KIND}versions/3/", {"against": 1}))


def test_somebody_elses_change_is_not_overwritten(ops):
    write(ops, condition("units", "gt", "3"))
    seen = rules.token(working("risk"))
    write(ops, condition("units", "gt", "4"), name="另一条", seen=seen)
    late = write(ops, condition("units", "gt", "9"), url=f"{KIND}1/", replaces="贵的看一眼", seen=seen)
    assert late.status_code == 409 and "有人刚改过" in said(late)
    acted = ops.post(f"{KIND}act/", {"action": "drop", "name": "另一条", "seen": seen}, follow=True)
    assert "有人刚改过" in said(acted) and len(as_rows(working("risk"))) == 2


def test_rules_rest_wake_move_and_go(ops):
    for name in "甲乙":
        write(ops, condition("units", "gt", "3" if name == "甲" else "9"), name=name)
    for action, expected in [("down", "乙甲"), ("up", "甲乙"), ("rest", "甲乙"), ("wake", "甲乙"), ("drop", "乙")]:
        form = {"action": action, "name": "甲", "seen": rules.token(working("risk"))}
        ops.post(f"{KIND}act/", form)
        assert "".join(row["name"] for row in as_rows(working("risk"))) == expected
        if action == "rest":
            assert "已停用" in said(ops.get(KIND))


def test_doubtful_rules_are_pointed_out(ops):
    made = [
        ("甲", [("amount_minor", "gt", 100)], "amount"), ("乙", [("amount_minor", "gt", 500)], "amount"),
        ("丙", [("units", "gt", 5), ("units", "lt", 3)], "rule"), ("丁", [("amount_minor", "gt", 100)], "finance"),
        ("戊", [("cod", "eq", True)], "rule"),
    ]  # fmt: skip
    live = rules.publish(
        rules.draft(
            "risk",
            [
                {"name": n, "conditions": [dict(zip(("field", "op", "value"), c, strict=True)) for c in cs],
                 "action": {"hold": hold}}
                for n, cs, hold in made
            ],
        ).pk
    )  # fmt: skip
    page = said(ops.get(KIND))
    assert "多余:已被“甲”涵盖" in page and "条件互相矛盾" in page and "与“甲”冲突" in page
    assert "30 天没有命中" not in page
    RuleSet.objects.filter(pk=live.pk).update(published_at=clock.now() - timedelta(days=8))
    assert said(ops.get(KIND)).count("30 天没有命中") == 4
    assert "5 条规则" in said(ops.get("/rules/"))


def test_only_editors_get_buttons_and_others_still_read(ops, django_user_model):
    from django.contrib.auth.models import Group

    write(ops, condition("units", "gt", "3"))
    reader = django_user_model.objects.create_user("anna")
    reader.groups.set(Group.objects.filter(name="master"))
    ops.force_login(reader)
    page = ops.get(KIND).content.decode()
    assert "贵的看一眼" in page and "rules/risk/new/" not in page and "rules/risk/act/" not in page
    assert write(ops, condition("units", "gt", "3")).status_code == 403
    assert life(ops, "publish").status_code == 403


@pytest.mark.parametrize("kind", ["routing", "wave", "weighing", "carrier", "ticket"])
def test_every_other_kind_has_the_same_pages(ops, kind):
    for page in ("", "new/", "versions/"):
        assert ops.get(f"/rules/{kind}/{page}").status_code == 200
    assert ops.get("/rules/nothing/").status_code == 404


def test_a_carriers_rule_is_made_of_whole_numbers_and_choices(ops):
    form = {"name": "快", "seen": "", "action": "save", "enabled": "yes", "action-prefer": "fastest",
            "action-within_hours": "24", **condition("weight_g", "lte", "3000")}  # fmt: skip
    ops.post("/rules/carrier/new/", form)
    [row] = as_rows(working("carrier"))
    assert row["action"] == {"prefer": "fastest", "within_hours": 24}
    assert ops.post("/rules/carrier/new/", {**form, "name": "x", "action-within_hours": "bald"}).status_code == 422
