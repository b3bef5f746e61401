"""What the runtime database role may do: everything but rewrite history."""

from django.apps import apps
from django.db import connections

APP_ROLE = "onerope_app"
# Facts: the role may add to these and read them, nothing else. Their triggers say the same to every other role.
APPEND_ONLY = ("core_event", "core_auditentry", "inventory_movement", "finance_posting", "finance_journalentry")


def grant_app_role(using: str) -> bool:
    """Grant table rights to the runtime role; False when the server has none (an ordinary DATABASE_URL)."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [APP_ROLE])
        if cursor.fetchone() is None:
            return False
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {APP_ROLE}")
        cursor.execute(f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {APP_ROLE}")
        for table in sorted(tables.intersection(APPEND_ONLY)):
            cursor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {APP_ROLE}")
    return True
