from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        """Import every app's `handlers` (event subscribers), `aggregates` (replayable projections) and `worklist` (what
        can need a person)."""
        for config in apps.get_app_configs():
            for module in ("handlers", "aggregates", "worklist"):
                if find_spec(f"{config.name}.{module}") is not None:
                    import_module(f"{config.name}.{module}")
        pre_migrate.connect(_before_migrations, sender=self)
        post_migrate.connect(_after_migrations, sender=self)


def _before_migrations(using: str, plan: Any = (), **_kwargs: Any) -> None:
    """A view keeps the columns it reads from being changed: it makes way for migrations."""
    from core.services import worklist

    if plan:
        worklist.drop_view(using)


def _after_migrations(using: str, plan: Any = None, **_kwargs: Any) -> None:
    """Also called after tests have emptied the tables (without a `plan`): nothing has changed then."""
    from core.services import worklist

    if plan is not None:
        worklist.create_view(using)
