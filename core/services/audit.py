"""Write the audit trail."""

from typing import Any

from core.context import current
from core.models import AuditEntry


def record(
    action: str,
    target: str,
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Note that the current actor did `action` to `target` (`oms.order:42`), and why. No receiver data in it."""
    context = current()
    return AuditEntry.objects.create(
        actor=context.actor,
        action=action,
        target=target[:120],
        reason=reason[:200],
        before=before,
        after=after,
        ip=context.ip,
        request_id=context.request_id,
    )
