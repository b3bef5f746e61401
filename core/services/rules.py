"""Draft, try in the shadow, publish and retire rule sets. Only a draft changes; every step is on record with its why.

One writer per kind at a time: version numbers, the one draft and the one live version cannot be fought over.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from core import clock, vocabulary
from core.context import current
from core.domain.rules import BadRule, Condition, check
from core.doorbell import ring
from core.errors import Conflict, OneRopeError
from core.models import Rule, RuleSet
from core.selectors.rules import as_rows, working
from core.services import audit

Row = dict[str, Any]  # {"name", "conditions", "action", "enabled"?}


def draft(kind: str, rules: Sequence[Row], note: str = "") -> RuleSet:
    """A new draft version of `kind` holding `rules`, checked. A draft that was there before is given up."""
    _check(kind, rules)
    with transaction.atomic():
        _alone(kind)
        RuleSet.objects.filter(kind=kind, status="draft").update(status="retired", retired_at=clock.now())
        return _new_draft(kind, rules, note)


def token(rule_set: RuleSet | None) -> str:
    """What an editor has seen; handed back with the change."""
    return f"{rule_set.pk}.{rule_set.revision}" if rule_set else ""


def put(kind: str, rule: Row, *, replaces: str = "", seen: str) -> RuleSet:
    """Add `rule` to the draft, or put it in the place of the one named `replaces`."""

    def change(rows: list[Row]) -> list[Row]:
        if not replaces:
            return [*rows, rule]
        return [rule if row["name"] == replaces else row for row in rows]

    return _edit(kind, change, seen, f"{replaces or '+'} → {rule['name']}")


def drop(kind: str, name: str, *, seen: str) -> RuleSet:
    """Take a rule out of the draft."""
    return _edit(kind, lambda rows: [row for row in rows if row["name"] != name], seen, f"- {name}")


def switch(kind: str, name: str, *, enabled: bool, seen: str) -> RuleSet:
    """Let a rule of the draft count, or rest."""

    def change(rows: list[Row]) -> list[Row]:
        return [{**row, "enabled": enabled} if row["name"] == name else row for row in rows]

    return _edit(kind, change, seen, f"{'✓' if enabled else '✗'} {name}")


def move(kind: str, name: str, by: int, *, seen: str) -> RuleSet:
    """Move a rule of the draft `by` places down (up when negative)."""

    def change(rows: list[Row]) -> list[Row]:
        names = [row["name"] for row in rows]
        if name not in names:
            return rows
        place = names.index(name)
        moved = rows.pop(place)
        rows.insert(max(place + by, 0), moved)
        return rows

    return _edit(kind, change, seen, f"↕ {name}")


def _edit(kind: str, change: Callable[[list[Row]], list[Row]], seen: str, told: str) -> RuleSet:
    """Change the draft (made from the live version if there is none). Raises Conflict (`rules_changed`) when the
    version at hand is not the one that was `seen`."""
    with transaction.atomic():
        _alone(kind)
        at_hand = working(kind)
        if token(at_hand) != seen:
            raise Conflict(_("Somebody has changed these rules meanwhile. Look again."), code="rules_changed")
        rows = change(as_rows(at_hand))
        _check(kind, rows)
        if at_hand is None or at_hand.status != "draft":
            at_hand = _new_draft(kind, rows, "")
        else:
            at_hand.rules.all().delete()
            _write_rules(at_hand, rows)
        at_hand.revision += 1
        at_hand.save(update_fields=["revision"])
        audit.record("rules.edit", _target(at_hand), reason=told)
    return at_hand


def shadow(rule_set_id: int, note: str = "") -> RuleSet:
    """Let a draft be asked beside the live version without effect; the shadow before it retires."""
    with transaction.atomic():
        rule_set = _locked(rule_set_id)
        if rule_set.status != "draft":
            raise OneRopeError(_("Only a draft can go into the shadow."), code="not_a_draft")
        _retire(rule_set.kind, "shadow")
        rule_set.status, rule_set.shadowed_at = "shadow", clock.now()
        _sign(rule_set, "rules.shadow", note)
    return rule_set


def publish(rule_set_id: int, note: str = "") -> RuleSet:
    """Make a draft or a shadow the live version of its kind; the one before it retires. OneRopeError otherwise."""
    with transaction.atomic():
        rule_set = _locked(rule_set_id)
        if rule_set.status not in {"draft", "shadow"}:
            raise OneRopeError(_("Only a draft or a shadow can be published."), code="not_a_draft")
        change_what_holds(rule_set.kind)
        _retire(rule_set.kind, "live")
        rule_set.status, rule_set.published_at, rule_set.published_by = "live", clock.now(), current().actor
        _sign(rule_set, "rules.publish", note)
        if bell := vocabulary.get(rule_set.kind).bell:
            ring(bell)
    return rule_set


def discard(rule_set_id: int, note: str = "") -> RuleSet:
    """Give up a draft or end a shadow. The live version only goes by another taking its place."""
    with transaction.atomic():
        rule_set = _locked(rule_set_id)
        if rule_set.status not in {"draft", "shadow"}:
            raise OneRopeError(_("Only a draft or a shadow can be given up."), code="not_a_draft")
        rule_set.status, rule_set.retired_at = "retired", clock.now()
        _sign(rule_set, "rules.discard", note)
    return rule_set


def restore(rule_set_id: int) -> RuleSet:
    """A new draft that says what an old version said."""
    old = RuleSet.objects.get(id=rule_set_id)
    return draft(old.kind, as_rows(old), _("as version %(n)d") % {"n": old.version})


def read_what_holds(kind: str) -> None:
    """Said before the rules in force are asked: until this transaction ends nobody changes them, so whoever changes
    them and then walks the rows meets every row that the old ones were asked of."""
    _lock("pg_advisory_xact_lock_shared", f"in-force:{kind}")


def change_what_holds(kind: str) -> None:
    """Said before the rules in force, or what they go by, change: waits for those who are asking them."""
    _lock("pg_advisory_xact_lock", f"in-force:{kind}")


def _alone(kind: str) -> None:
    _lock("pg_advisory_xact_lock", f"rules:{kind}")


def _lock(function: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 2))", [name])


def _locked(rule_set_id: int) -> RuleSet:
    kind = RuleSet.objects.values_list("kind", flat=True).get(id=rule_set_id)
    _alone(kind)
    return RuleSet.objects.get(id=rule_set_id)


def _new_draft(kind: str, rules: Sequence[Row], note: str) -> RuleSet:
    newest = RuleSet.objects.filter(kind=kind).aggregate(newest=Max("version"))["newest"] or 0
    rule_set = RuleSet.objects.create(kind=kind, version=newest + 1, note=note[:200], created_by=current().actor)
    _write_rules(rule_set, rules)
    return rule_set


def _write_rules(rule_set: RuleSet, rules: Sequence[Row]) -> None:
    Rule.objects.bulk_create(
        Rule(
            rule_set=rule_set,
            position=position,
            name=rule["name"],
            conditions=rule["conditions"],
            action=rule["action"],
            enabled=rule.get("enabled", True),
        )
        for position, rule in enumerate(rules, start=1)
    )


def _retire(kind: str, status: str) -> None:
    RuleSet.objects.filter(kind=kind, status=status).update(status="retired", retired_at=clock.now())


def _sign(rule_set: RuleSet, action: str, note: str) -> None:
    rule_set.note = note[:200] or rule_set.note
    rule_set.save()
    audit.record(action, _target(rule_set), reason=rule_set.note)


def _target(rule_set: RuleSet) -> str:
    return f"rules:{rule_set.kind}:{rule_set.version}"


def _check(kind: str, rules: Sequence[Row]) -> None:
    known, names = vocabulary.get(kind), set()
    for rule in rules:
        try:
            check([Condition(c["field"], c["op"], c["value"]) for c in rule["conditions"]], known.facts)
            _check_action(rule["action"], known.actions)
        except (BadRule, KeyError) as exc:
            message = _("Rule “%(name)s”: %(error)s") % {"name": rule.get("name", ""), "error": exc}
            raise OneRopeError(message, code="bad_rule") from exc
        if not rule["name"].strip() or len(rule["name"]) > 80:
            raise OneRopeError(_("A rule needs a name of at most 80 characters."), code="bad_rule")
        if rule["name"] in names:
            raise OneRopeError(_("Two rules are named “%(name)s”.") % {"name": rule["name"]}, code="bad_rule")
        names.add(rule["name"])


def _check_action(decided: Mapping[str, Any], actions: Mapping[str, vocabulary.Action]) -> None:
    if not decided:
        raise BadRule("decides nothing")
    for name, value in decided.items():
        if name not in actions or not actions[name].allows(value):
            raise BadRule(f"cannot decide {name} = {value}")
