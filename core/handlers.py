from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core import jobs, vocabulary, worklist
from core.services.jobs import run_again
from core.services.worklist import JOB_KIND, run
from core.sweeper import watch
from core.vocabulary import Action, Field
from core.worklist import Refusals


def _run_again(refs: Sequence[int], note: str) -> Refusals:
    run_again(refs)
    return {}


watch(
    "core.tasks.relay_outbox",
    "SELECT 1 FROM core_delivery WHERE state IN ('pending', 'doing') AND next_attempt_at <= now()"
    " AND (lease_until IS NULL OR lease_until < now())",
)
watch(
    "core.tasks.run_jobs",
    "SELECT 1 FROM core_job WHERE state IN ('queued', 'running') AND (lease_until IS NULL OR lease_until < now())",
)

jobs.runner(JOB_KIND, run)
vocabulary.register(
    vocabulary.RuleKind(
        kind="exception",
        label=_("Exceptions"),
        fields={
            "reason": Field(_("reason"), str, choices=lambda: [(one.code, one.label) for one in worklist.reasons()]),
            "step": Field(_("step"), str, choices=lambda: list(worklist.STEPS.items())),
        },
        actions={"due_minutes": Action(_("settled within (minutes)"))},
        first_match=True,
    )
)
worklist.register(
    worklist.Kind(
        number=60, name="job", permission="inbox_view", page="",
        sql="""SELECT j.id, 'job_failed', NULL::bigint, j.title, j.kind,
                      NULL::bigint, NULL::bigint, 'ops', coalesce(j.finished_at, j.created_at), NULL::bigint
                 FROM core_job j WHERE j.state = 'failed' AND j.finished_at > now() - interval '7 days'""",
        reasons=[
            worklist.Reason("job_failed", _("a batch run broke off"), worklist.Step.PICK, 4 * 60,
                   _("Read its rows; run again, it does nothing twice"),
                   worklist.Fix(_("Run again"), _run_again, "inbox_replay"))
        ],
    )
)  # fmt: skip
