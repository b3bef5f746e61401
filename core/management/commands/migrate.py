from typing import Any

from django.core.management.commands.migrate import Command as MigrateCommand

from core.services import privileges, roles


class Command(MigrateCommand):
    help = MigrateCommand.help + " Then brings roles and the runtime database role's privileges up to date."

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options.get("app_label"):
            roles.sync_roles()
            privileges.grant_app_role(options["database"])
