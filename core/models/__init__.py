from core.models.access import Access, SystemToken, UserScope
from core.models.audit import AuditEntry
from core.models.event import Delivery, Event
from core.models.idempotency import IdempotencyKey
from core.models.inbox import InboxMessage, RefusedPush
from core.models.job import Job
from core.models.rule import Rule, RuleSet
from core.models.saved_view import ListSetting, SavedView
from core.models.vault import Sealed

__all__ = [
    "Access",
    "AuditEntry",
    "Delivery",
    "Event",
    "IdempotencyKey",
    "InboxMessage",
    "Job",
    "ListSetting",
    "RefusedPush",
    "Rule",
    "RuleSet",
    "SavedView",
    "Sealed",
    "SystemToken",
    "UserScope",
]
