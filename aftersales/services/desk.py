"""The service desk's hours and rules: how urgent a ticket is and by when it must be answered."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from aftersales.domain import sla
from aftersales.domain.sla import Calendar, Clock
from aftersales.domain.ticket import Priority
from aftersales.models import FreeDay, WorkingHours
from core import clock
from core.domain.rules import RuleData, evaluate
from core.selectors.rules import live_rules

FIRST_RESPONSE_MINUTES = 10
DEFAULT_HOURS = dict.fromkeys(range(7), (time(9), time(22)))
RULE_KIND = "ticket"


def calendar() -> Calendar:
    """The desk's working time."""
    rows = WorkingHours.objects.values_list("weekday", "opens", "closes")
    hours = {weekday: (opens, closes) for weekday, opens, closes in rows} or DEFAULT_HOURS
    return Calendar(clock.BUSINESS_ZONE, hours, frozenset(FreeDay.objects.values_list("day", flat=True)))


class Desk:
    """Hours and rules read once, for a batch of tickets."""

    def __init__(self) -> None:
        self.calendar = calendar()
        self._rules: list[RuleData] = live_rules(RULE_KIND)[1]

    def settings_for(self, facts: Mapping[str, Any]) -> dict[str, Any]:
        """The actions of every matching rule; of two that set the same thing the first one counts."""
        matched, _trace = evaluate(self._rules, facts)
        settings: dict[str, Any] = {}
        for rule in matched:
            settings = {**rule.action, **settings}
        return settings

    def priority(self, settings: Mapping[str, Any]) -> Priority:
        return Priority(int(settings.get("priority", Priority.NORMAL)))

    def clock(self, settings: Mapping[str, Any], moment: datetime) -> Clock:
        minutes = int(settings.get("first_response_minutes", FIRST_RESPONSE_MINUTES))
        return sla.start(self.calendar, moment, minutes)


def resumed(paused: Clock, paused_at: datetime, moment: datetime, hours: Callable[[], Calendar] = calendar) -> Clock:
    """The clock of a ticket that waited for its buyer from `paused_at` to `moment`."""
    return sla.resume(hours(), paused, paused_at, moment)
