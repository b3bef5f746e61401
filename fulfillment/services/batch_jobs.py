"""Batch work of the shipments page as jobs: progress while it runs, an answer per parcel, a file at the end."""

from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _

from core.models import Job
from core.services import jobs
from fulfillment.models import Parcel, Waybill
from fulfillment.services import labels, shipping, waybills

LABELS, NUMBERS, RENEWED, HANDOVER = (
    "fulfillment.labels", "fulfillment.numbers", "fulfillment.renewed", "fulfillment.handover",
)  # fmt: skip
CHUNK = 100


def enqueue(kind: str, parcel_ids: Sequence[int], user_id: int | None) -> Job:
    """Queue batch work over these parcels, in this order."""
    titles = {
        LABELS: _("Labels for %(n)d parcels"),
        NUMBERS: _("Waybill numbers for %(n)d parcels"),
        RENEWED: _("New waybill numbers for %(n)d parcels"),
        HANDOVER: _("Hand-over of %(n)d parcels"),
    }
    title = titles[kind] % {"n": len(parcel_ids)}
    return jobs.enqueue(kind, title, {"parcel_ids": list(parcel_ids)}, total=len(parcel_ids), user_id=user_id)


def run_labels(job: Job) -> None:
    """Fetch the numbers that are missing, then print. Running it again takes no second number."""
    parcel_ids: list[int] = job.params["parcel_ids"]
    _in_chunks(job, waybills.fetch, share=0.5)
    printed = labels.render_batch(parcel_ids)
    job.results = []
    _tell(job, printed.refused)
    for parcel_id, (code, message) in printed.warned.items():
        jobs.result(job, f"P{parcel_id}", ok=True, code=code, message=message)
    job.done, job.failed = len(parcel_ids) - len(printed.refused), len(printed.refused)
    if printed.pdf:
        job.artifact, job.artifact_type = printed.pdf, "application/pdf"


def run_numbers(job: Job) -> None:
    _numbers(job, waybills.fetch)


def run_renewed(job: Job) -> None:
    _numbers(job, waybills.renew)


def run_handover(job: Job) -> None:
    """Hand the parcels over; each that may not leave says why."""
    refused: dict[int, tuple[str, str]] = {}

    def hand_over(chunk: Sequence[int]) -> None:
        outcome = shipping.handover(chunk)
        refused.update({key: (error.code, str(error.message)) for key, error in outcome.items() if error is not None})

    _in_chunks(job, hand_over)
    _close(job, refused)


def _numbers(job: Job, act: Callable[[Sequence[int]], dict[int, str]]) -> None:
    _in_chunks(job, act)
    without = Parcel.objects.filter(id__in=job.params["parcel_ids"], waybill_no="").values("id")
    last = Waybill.objects.filter(parcel_id__in=without).order_by("parcel_id", "-id").distinct("parcel_id")
    said = {w.parcel_id: (w.error_code or w.state, w.error or w.get_state_display()) for w in last}
    unasked = ("not_asked", _("The parcel is not ours to label any more."))
    _close(job, {row["id"]: said.get(row["id"], unasked) for row in without})


def _in_chunks(job: Job, act: Callable[[Sequence[int]], object], share: float = 1.0) -> None:
    parcel_ids: list[int] = job.params["parcel_ids"]
    for start in range(0, len(parcel_ids), CHUNK):
        act(parcel_ids[start : start + CHUNK])
        jobs.progress(job, done=int(min(start + CHUNK, len(parcel_ids)) * share))


def _close(job: Job, refused: dict[int, tuple[str, str]]) -> None:
    job.results = []
    _tell(job, refused)
    job.done, job.failed = len(job.params["parcel_ids"]) - len(refused), len(refused)


def _tell(job: Job, refused: dict[int, tuple[str, str]]) -> None:
    for parcel_id, (code, message) in refused.items():
        jobs.result(job, f"P{parcel_id}", ok=False, code=code, message=message)
