from core.sweeper import watch

watch(
    "core.tasks.relay_outbox",
    "SELECT 1 FROM core_delivery WHERE state IN ('pending', 'doing') AND next_attempt_at <= now()"
    " AND (lease_until IS NULL OR lease_until < now())",
)
watch(
    "core.tasks.run_jobs",
    "SELECT 1 FROM core_job WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())",
)
