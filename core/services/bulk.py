"""Write many rows in one statement. They travel as one JSON text, which PostgreSQL takes apart by the table's own
types: a third of the cost of making a model of each, and what a projection holds is JSON anyway."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from django.db import connection
from django.db.models import Model

Row = Mapping[str, Any]


def as_json(rows: Sequence[Row]) -> str:
    """`rows` as a JSON array; dates, UUIDs and enums as their texts, whole numbers as keys too."""
    return orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS).decode()


def insert(model: type[Model], rows: Sequence[Row]) -> None:
    """Insert rows that name the same columns, by column name; a column not named gets the database's own default."""
    _write(model, rows, "")


def upsert(model: type[Model], rows: Sequence[Row], keys: Sequence[str]) -> None:
    """Insert rows, or overwrite the named columns of those that are there by `keys` (columns with a unique index)."""
    if rows:
        changed = ", ".join(f'"{column}" = EXCLUDED."{column}"' for column in rows[0] if column not in keys)
        _write(model, rows, f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {changed}")


def _write(model: type[Model], rows: Sequence[Row], on_conflict: str) -> None:
    if not rows:
        return
    table, columns = model._meta.db_table, ", ".join(f'"{column}"' for column in rows[0])
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({columns})"  # noqa: S608 - names of our own tables and columns
            f" SELECT {columns} FROM json_populate_recordset(NULL::{table}, %s) {on_conflict}",
            [as_json(rows)],
        )
