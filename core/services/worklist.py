"""The view behind the exception inbox, and what is done about its rows."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext as _

from core import worklist
from core.errors import OneRopeError
from core.models import ExceptionOwner, Job, OpenException
from core.services import jobs
from core.services.bisect import run_bisecting
from core.worklist import COLUMNS, MAX_KINDS, Fix, Kind, Refusals

JOB_KIND = "core.exceptions"
AT_ONCE = 50  # more are done by a job
CHUNK = 50


def create_view(using: str) -> None:
    """Make the view say what is registered; once no migration is outstanding, since it reads every app's tables."""
    connection = connections[using]
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS core_openexception")
        cursor.execute(f"CREATE VIEW core_openexception AS {_select()}")


def drop_view(using: str) -> None:
    with connections[using].cursor() as cursor:
        cursor.execute("DROP VIEW IF EXISTS core_openexception")


def _select() -> str:
    """Only constants of ours go into it. A UNION ALL of plain SELECTs: a filter reaches every one of them."""
    columns = ", ".join(name for name in COLUMNS if name != "owner")
    arms = " UNION ALL ".join(
        f"SELECT {kind.number}::smallint AS kind, k.* FROM ({kind.sql}) AS k ({', '.join(COLUMNS)})"  # noqa: S608
        for kind in worklist.kinds()
    )
    return (
        f"SELECT x.ref * {MAX_KINDS} + x.kind AS id, x.kind, {columns}, coalesce(o.owner, x.owner) AS owner"  # noqa: S608
        f" FROM ({arms}) x LEFT JOIN (SELECT kind AS k, ref AS r, owner FROM core_exceptionowner) o"
        " ON o.k = x.kind AND o.r = x.ref"
    )


def give(rows: Iterable[OpenException], owner: str) -> int:
    """Make `owner` (a role, or `user:<name>`) the one who sees to these; returns how many."""
    done = 0
    for kind, found in _by_kind(rows):
        refs = [row.ref for row in found]
        if kind.give is not None:
            kind.give(refs, owner)
        else:
            ExceptionOwner.objects.bulk_create(
                [ExceptionOwner(kind=kind.number, ref=ref, owner=owner[:40]) for ref in refs],
                update_conflicts=True, unique_fields=["kind", "ref"], update_fields=["owner"],
            )  # fmt: skip
        done += len(refs)
    return done


def settle(act: str, rows: Iterable[OpenException], note: str, may: Callable[[str], bool]) -> dict[int, str]:
    """Do what each row's reason suggests (`fix`), or let it go on as it is (`release`); `may` knows the person's
    permissions. Returns, by key, why a row stays."""
    refused: dict[int, str] = {}
    same: dict[str, list[OpenException]] = {}
    for row in rows:
        same.setdefault(row.reason, []).append(row)
    for code, found in same.items():
        reason = worklist.reason(code)
        cure = reason.release if act == "release" else reason.fix
        if cure is None:
            refused |= {row.pk: str(_("This needs a look: open it.")) for row in found}
        elif not may(cure.permission):
            refused |= {row.pk: str(_("This is for somebody else to settle.")) for row in found}
        else:
            refused |= _run(cure, found, note)
    return refused


def _run(cure: Fix, rows: Sequence[OpenException], note: str) -> dict[int, str]:
    said = cure.run([row.ref for row in rows], note)
    return {row.pk: said[row.ref] for row in rows if row.ref in said}


def one_by_one(act: Callable[[Sequence[int]], object], refs: Sequence[int]) -> Refusals:
    """Run `act` on all in one transaction; where it refuses, on as many as it takes. Any other error is raised."""
    _done, failed = run_bisecting(list(refs), act)  # type: ignore[arg-type]
    refused = {}
    for ref, error in failed:
        if not isinstance(error, OneRopeError):
            raise error
        refused[ref] = str(error.message)
    return refused


def enqueue(act: str, keys: Sequence[int], note: str, permissions: Iterable[str], user_id: int) -> Job:
    """Settle many by a job, under the permissions that its maker has now."""
    title = _("Settling %(n)d exceptions") % {"n": len(keys)}
    params = {"act": act, "keys": list(keys), "note": note, "permissions": sorted(permissions)}
    return jobs.enqueue(JOB_KIND, title, params, total=len(keys), user_id=user_id)


def run(job: Job) -> None:
    """Every row is tried once; one that is settled already counts as done, so a second run harms nothing."""
    keys, may = job.params["keys"], set(job.params["permissions"]).__contains__
    job.results, failed = [], 0
    for start in range(0, len(keys), CHUNK):
        rows = list(with_keys(keys[start : start + CHUNK]))
        refused = settle(job.params["act"], rows, job.params["note"], may)
        for row in rows:
            if row.pk in refused:
                jobs.result(job, row.about, ok=False, code=row.reason, message=refused[row.pk])
        failed += len(refused)
        jobs.progress(job, done=min(start + CHUNK, len(keys)) - failed, failed=failed)


def with_keys(keys: Iterable[int]) -> Sequence[OpenException]:
    """Those of the keys that are still open."""
    wanted = set(keys)
    refs = {key // MAX_KINDS for key in wanted}
    found = OpenException.objects.filter(ref__in=refs, kind__in={key % MAX_KINDS for key in wanted})
    return sorted((row for row in found if row.pk in wanted), key=lambda row: row.pk)


def _by_kind(rows: Iterable[OpenException]) -> Iterable[tuple[Kind, list[OpenException]]]:
    ordered = sorted(rows, key=lambda row: row.kind)
    for number, found in groupby(ordered, key=lambda row: row.kind):
        yield worklist.kind_of(number), list(found)


def note_of(text: str) -> str:
    return text.strip()[:200] or str(_("no reason given"))
