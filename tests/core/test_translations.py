"""Every text of every app is said in Chinese, and the page shows what its own app says."""

import re
from gettext import GNUTranslations
from pathlib import Path

import polib
import pytest
import unfold
from django.conf import settings
from django.utils.translation import trans_real

from core import messages
from core.management.commands.collect_messages import catalogue, own_apps

ROOT = settings.BASE_DIR
APPS = own_apps(ROOT)
PLACEHOLDER = re.compile(r"%\([a-z_]+\)[a-z]|%[sd]|\{[a-z_]*\}")


def merged(message):
    """What gettext answers for a message; None when it would fall back to English."""
    key = f"{message.context}\x04{message.text}" if message.context else message.text
    known = trans_real.translation("zh-hans")._catalog
    return known.get((key, 0)) or known.get(key) if message.plural else known.get(key)


def compiled(app):
    with catalogue(app, ROOT).with_suffix(".mo").open("rb") as file:
        return GNUTranslations(file)._catalog


@pytest.mark.parametrize("app", APPS)
def test_every_text_of_the_app_has_a_chinese_translation(app):
    asked = messages.of_app(app, ROOT)
    assert [f"{m.text} ({', '.join(sorted(asked[m]))})" for m in sorted(asked) if not merged(m)] == []


@pytest.mark.parametrize("app", APPS)
def test_no_other_app_puts_its_words_into_this_one(app):
    """Catalogues are merged by msgid: where two apps mean different things by one, a context must tell them apart."""
    own = compiled(app)
    asked = [m for m in messages.of_app(app, ROOT) if not m.plural]
    keys = {m: f"{m.context}\x04{m.text}" if m.context else m.text for m in asked}
    clashes = {m.text: (own[key], merged(m)) for m, key in keys.items() if key in own and own[key] != merged(m)}
    assert clashes == {}


def test_the_theme_of_the_admin_speaks_chinese():
    """It ships no catalogue; `locale/` has what its installed parts ask for."""
    theme = Path(unfold.__file__).parent
    missing = set()
    for path in theme.rglob("*"):
        installed = "contrib" not in path.parts or "import_export" in path.parts
        if path.suffix in {".py", ".html"} and installed and "unfold_crispy" not in path.parts:
            find = messages.of_template if path.suffix == ".html" else messages.of_python
            missing |= {message.text for message in find(path.read_text()) if message.text and not merged(message)}
    assert missing == set()


@pytest.mark.parametrize("app", [*APPS, ""])
def test_the_translations_keep_every_placeholder(app):
    for entry in polib.pofile(str(catalogue(app, ROOT))):
        for said in entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]:
            wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
            assert set(PLACEHOLDER.findall(said)) == wanted, entry.msgid


@pytest.mark.parametrize("app", [*APPS, ""])
def test_the_compiled_catalogue_is_the_written_one(app):
    path = catalogue(app, ROOT)
    written = {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in polib.pofile(str(path)).translated_entries()}
    built = {(e.msgctxt, e.msgid): e.msgstr or e.msgstr_plural for e in polib.mofile(str(path.with_suffix(".mo")))}
    assert built == written, f"run bin/messages {app}"


def test_texts_are_found_in_python_and_templates():
    python = """
x = _("plain")
y = pgettext_lazy("where", "told")
z = ngettext("%(n)d row", "%(n)d rows", 2)
f"{_('in' ' two')}"
_(name)
"""
    template = """
{% load i18n %}{% translate "it's" %}{% translate "bin" context "stock" as b %}{# {% translate "no" %} #}
{% blocktranslate with a=b %}{{ a }} of 100%{% endblocktranslate %}{% include "x" with t=_("given") %}
{% blocktranslate count n=n %}one{% plural %}{{ n }} many{% endblocktranslate %}
"""

    assert set(messages.of_python(python)) == {
        messages.Message("plain"),
        messages.Message("told", context="where"),
        messages.Message("%(n)d row", "%(n)d rows"),
        messages.Message("in two"),
    }
    assert set(messages.of_template(template)) == {
        messages.Message("it's"),
        messages.Message("bin", context="stock"),
        messages.Message("%(a)s of 100%%"),
        messages.Message("given"),
        messages.Message("one", "%(n)s many"),
    }
