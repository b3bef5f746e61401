from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("Kernel")

    def ready(self) -> None:
        """Import every app's `handlers` (event subscribers) and `aggregates` (replayable projections)."""
        for config in apps.get_app_configs():
            for module in ("handlers", "aggregates"):
                if find_spec(f"{config.name}.{module}") is not None:
                    import_module(f"{config.name}.{module}")
