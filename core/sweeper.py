"""What the sweeper looks after. Each app registers, in its `handlers` module, a task and a question in plain SQL:
is there work for it that nobody has rung for?"""

from collections.abc import Sequence

from django.db import connection

_watched: dict[str, str] = {}


def watch(task: str, exists_sql: str) -> None:
    """Ring `task` whenever `exists_sql` (the inside of an EXISTS) finds a row."""
    _watched[task] = exists_sql


def overdue() -> Sequence[str]:
    """The tasks that have work waiting, in one query."""
    if not _watched:
        return []
    questions = ", ".join(f"EXISTS ({sql})" for sql in _watched.values())
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {questions}")
        answers = cursor.fetchone()
    return [task for task, waiting in zip(_watched, answers, strict=True) if waiting]
