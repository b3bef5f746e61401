"""Bring an app's Chinese catalogue up to date with its code and templates (`bin/messages`)."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import messages

LOCALE = "zh_Hans"
_HEADER = {
    "Language": LOCALE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def own_apps(root: Path) -> list[str]:
    """Labels of the project's own apps, in the order in which their catalogues are merged."""
    return [config.label for config in apps.get_app_configs() if Path(config.path).parent == root]


def catalogue(app: str, root: Path) -> Path:
    return root / app / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


class Command(BaseCommand):
    """Adds what is asked for, drops what nobody asks for any more, compiles, and lists what still wants a
    translation."""

    help = "Update and compile the catalogues; needs the development requirements."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("apps", nargs="*", help="labels; every app of the project when none is given")

    def handle(self, *args: Any, **options: Any) -> None:
        known = own_apps(settings.BASE_DIR)
        if unknown := set(options["apps"]) - set(known):
            raise CommandError(f"no app of this project: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
        missing = sum(self._update(app, settings.BASE_DIR) for app in options["apps"] or known)
        if missing:
            raise CommandError(f"{missing} texts want a translation")

    def _update(self, app: str, root: Path) -> int:
        path, wanted = catalogue(app, root), messages.of_app(app, root)
        file = polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
        file.metadata = dict(_HEADER)
        entries = {messages.Message(e.msgid, e.msgid_plural, e.msgctxt or ""): e for e in file}
        for message in sorted(wanted.keys() - entries.keys()):
            entries[message] = _entry(message)
        file[:] = [entry for message, entry in entries.items() if message in wanted]
        for message, entry in entries.items():
            entry.occurrences = [(where, "") for where in sorted(wanted.get(message, ()))]
        path.parent.mkdir(parents=True, exist_ok=True)
        file.save(str(path))
        file.save_as_mofile(str(path.with_suffix(".mo")))
        for entry in file.untranslated_entries():
            self.stdout.write(f"{app}: {entry.msgid}")
        return len(file.untranslated_entries())


def _entry(message: messages.Message) -> polib.POEntry:
    if message.plural:
        texts: dict[str, Any] = {"msgid_plural": message.plural, "msgstr_plural": {0: ""}}
    else:
        texts = {"msgstr": ""}
    return polib.POEntry(msgid=message.text, msgctxt=message.context or None, **texts)
