from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import close_old_connections

from core.context import acting
from core.errors import Conflict, OneRopeError
from core.models import AuditEntry, Rule, RuleSet
from core.selectors.rules import as_rows, differences, in_force, live_rules, working
from core.services import rules


def rule(name, field, op, value, hold):
    return {"name": name, "conditions": [{"field": field, "op": op, "value": value}], "action": {"hold": hold}}


DEAR = rule("dear", "amount_minor", "gt", 100, "amount")
NOTED = rule("noted", "note", "contains", "急", "note")


def names(rule_set):
    return [row["name"] for row in as_rows(rule_set)]


def test_the_live_version_is_edited_in_a_draft_and_never_itself(db):
    live = rules.publish(rules.draft("risk", [DEAR]).pk)
    edited = rules.put("risk", NOTED, seen=rules.token(live))
    assert (edited.version, edited.status, names(edited)) == (2, "draft", ["dear", "noted"])
    again = rules.put("risk", {**NOTED, "name": "urgent"}, replaces="noted", seen=rules.token(edited))
    assert (again.pk, names(again)) == (edited.pk, ["dear", "urgent"])
    moved = rules.move("risk", "urgent", -1, seen=rules.token(again))
    rested = rules.switch("risk", "dear", enabled=False, seen=rules.token(moved))
    assert [(row["name"], row["enabled"]) for row in as_rows(rested)] == [("urgent", True), ("dear", False)]
    assert names(RuleSet.objects.get(status="live")) == ["dear"]
    dropped = rules.drop("risk", "urgent", seen=rules.token(rested))
    with acting("user:wang"):
        rules.publish(dropped.pk, "nothing is dear any more")
    assert live_rules("risk") == (2, [])
    told = AuditEntry.objects.get(action="rules.publish", target="rules:risk:2")
    assert (told.actor, told.reason) == ("user:wang", "nothing is dear any more")


def test_nobody_overwrites_what_he_has_not_seen(db):
    first = rules.draft("risk", [DEAR])
    seen = rules.token(first)
    rules.put("risk", NOTED, seen=seen)
    with pytest.raises(Conflict) as caught:
        rules.drop("risk", "dear", seen=seen)
    assert caught.value.code == "rules_changed"
    assert names(working("risk")) == ["dear", "noted"]


@pytest.mark.parametrize("bad", [[DEAR, DEAR], [{**DEAR, "name": " "}], [{**DEAR, "name": "x" * 81}]])
def test_names_tell_rules_apart(db, bad):
    with pytest.raises(OneRopeError) as caught:
        rules.draft("risk", bad)
    assert caught.value.code == "bad_rule"


def test_a_life_goes_draft_shadow_live_retired_and_no_other_way(db):
    one = rules.draft("risk", [DEAR])
    rules.shadow(one.pk)
    live, shadow = in_force("risk")
    assert (live.version, shadow.version, [rule.name for rule in shadow.rules]) == (0, 1, ["dear"])
    with pytest.raises(OneRopeError):
        rules.shadow(one.pk)
    rules.publish(one.pk)
    assert [version.version for version in in_force("risk")] == [1, 0]
    two = rules.draft("risk", [NOTED])
    rules.publish(two.pk)
    for step in (rules.publish, rules.discard, rules.shadow):
        with pytest.raises(OneRopeError):
            step(one.pk)
    assert dict(RuleSet.objects.values_list("version", "status")) == {1: "retired", 2: "live"}
    back = rules.restore(one.pk)
    assert (back.version, back.status, names(back)) == (3, "draft", ["dear"])
    rules.discard(back.pk)
    assert working("risk").version == 2


def test_differences_are_told_by_name(db):
    old = rules.draft("risk", [DEAR, NOTED, {**NOTED, "name": "gone"}])
    new = rules.draft("risk", [NOTED, {**DEAR, "action": {"hold": "rule"}}, {**DEAR, "name": "came"}])
    told = {one.name: one.what for one in differences(old, new)}
    assert told == {"gone": "removed", "dear": "changed", "came": "added", "noted": "moved"}


def test_the_rules_in_force_are_read_once_per_version(db, django_assert_num_queries):
    rules.publish(rules.draft("risk", [DEAR]).pk)
    with django_assert_num_queries(2):
        in_force("risk")
    with django_assert_num_queries(1):
        in_force("risk")


def at_once(*jobs):
    def run(job):
        try:
            return job()
        except OneRopeError as exc:
            return exc.code
        finally:
            close_old_connections()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


@pytest.mark.django_db(transaction=True)
def test_drafts_made_at_once_get_versions_of_their_own_and_one_stays():
    made = at_once(*[lambda: rules.draft("risk", [DEAR])] * 8)
    assert sorted(one.version for one in made) == list(range(1, 9))
    assert RuleSet.objects.filter(kind="risk", status="draft").count() == 1
    assert all(one.rules.count() == 1 for one in made)


@pytest.mark.django_db(transaction=True)
def test_of_edits_made_at_once_on_the_same_sight_one_wins():
    live = rules.publish(rules.draft("risk", [DEAR]).pk)
    seen = rules.token(live)
    results = at_once(*[lambda n=n: rules.put("risk", {**NOTED, "name": f"n{n}"}, seen=seen) for n in range(6)])
    assert results.count("rules_changed") == 5
    assert Rule.objects.filter(rule_set__status="draft").count() == 2


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_published_at_once_one_is_live():
    shadowed = rules.shadow(rules.draft("risk", [DEAR]).pk)
    drafted = rules.draft("risk", [NOTED])
    at_once(lambda: rules.publish(shadowed.pk), lambda: rules.publish(drafted.pk))
    assert sorted(RuleSet.objects.values_list("status", flat=True)) == ["live", "retired"]
