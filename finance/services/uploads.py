"""Bills from the browser: a small one at once, a large one as a job."""

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from core.models import Job
from core.services import jobs
from finance.choices import BILL_ERROR
from finance.domain.bills import BillError
from finance.models import Upload
from finance.services.statements import Imported, import_statement

JOB_KIND = "finance.import"
AT_ONCE = 2 << 20  # bytes: about 15,000 lines, some seconds
MAX_UPLOAD = 256 << 20


def receive(
    data: bytes, source: str, *, name: str, shop_id: int | None, mapping: Mapping[str, str] | None, user_id: int | None
) -> Imported | Job:
    """Import a bill now, or queue it when it is large. Raises BillError when a small one cannot be read."""
    if len(data) <= AT_ONCE:
        return import_statement(data, source, name=name, shop_id=shop_id, mapping=mapping, user_id=user_id)
    with transaction.atomic():
        upload = Upload.objects.create(
            data=data, source=source, name=name[-200:], shop_id=shop_id, mapping=mapping, uploaded_by_id=user_id
        )
        title = _("Import of %(name)s") % {"name": upload.name}
        return jobs.enqueue(JOB_KIND, title, {"upload_id": upload.pk}, total=1, user_id=user_id)


def run(job: Job) -> None:
    """Import the job's upload. A bill that cannot be read is the job's result; a repeated run finds nothing to do."""
    upload = Upload.objects.filter(pk=job.params["upload_id"]).first()
    if upload is None:
        return
    try:
        with transaction.atomic():
            done = import_statement(
                bytes(upload.data), upload.source, name=upload.name, shop_id=upload.shop_id, mapping=upload.mapping,
                user_id=upload.uploaded_by_id,
            )  # fmt: skip
            upload.delete()
    except BillError as exc:
        jobs.result(job, upload.name, ok=False, code=exc.code, message=say(exc))
        jobs.progress(job, done=1, failed=1)
        upload.delete()
        return
    statement = done.statement
    text = _("%(rows)d rows: %(matched)d matched, %(explained)d explained, %(open)d to be settled") % {
        "rows": statement.rows,
        "matched": statement.matched_rows,
        "explained": statement.explained_rows,
        "open": statement.unexplained_rows,
    }
    jobs.result(job, statement.file_name, ok=True, message=text)
    jobs.progress(job, done=1)


def say(error: BillError) -> str:
    """A refusal in the reader's language, with where it happened."""
    text = str(BILL_ERROR.get(error.code, error.message))
    if "row" in error.fields:
        text += " " + _("Row %(row)s.") % {"row": error.fields["row"]}
    if "cell" in error.fields:
        text += f" “{error.fields['cell']}”"
    if error.fields.get("missing"):
        text += " " + _("Missing: %(columns)s.") % {"columns": ", ".join(error.fields["missing"])}
    return text
