from core.models.access import Access, SystemToken, UserScope
from core.models.audit import AuditEntry
from core.models.event import Delivery, Event
from core.models.idempotency import IdempotencyKey
from core.models.inbox import InboxMessage, RefusedPush
from core.models.job import Job
from core.models.rule import Rule, RuleSet
from core.models.saved_view import ListSetting, SavedView
from core.models.vault import Sealed
from core.models.worklist import ExceptionOwner, OpenException

__all__ = [
    "Access",
    "AuditEntry",
    "Delivery",
    "Event",
    "ExceptionOwner",
    "IdempotencyKey",
    "InboxMessage",
    "Job",
    "ListSetting",
    "OpenException",
    "RefusedPush",
    "Rule",
    "RuleSet",
    "SavedView",
    "Sealed",
    "SystemToken",
    "UserScope",
]
