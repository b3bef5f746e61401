"""Which texts an app asks gettext for, read from its Python and its templates without the gettext tools."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation.template import templatize

# What each name is called with: "s" the text, "p" its plural, "c" its context.
_CALLS = {
    "_": "s",
    "gettext": "s",
    "gettext_lazy": "s",
    "gettext_noop": "s",
    "ngettext": "sp",
    "ngettext_lazy": "sp",
    "pgettext": "cs",
    "pgettext_lazy": "cs",
    "npgettext": "csp",
    "npgettext_lazy": "csp",
}
_LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*u?({_LITERAL}(?:\s*,\s*u?{_LITERAL}){{0,2}})")


@dataclass(frozen=True, slots=True, order=True)
class Message:
    """One text as gettext knows it; `plural` and `context` are empty when it has none."""

    text: str
    plural: str = ""
    context: str = ""


def of_python(source: str) -> Iterator[Message]:
    """Texts given as literals to a gettext function, under its own name or `_`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in _CALLS or len(node.args) < len(_CALLS[name]):
            continue
        values = [getattr(argument, "value", None) for argument in node.args[: len(_CALLS[name])]]
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) == len(values):
            yield _message(name, texts)


def of_template(source: str, origin: str = "") -> Iterator[Message]:
    """Texts of the translation tags and of `_("…")` in other tags. Django writes them out as Python calls first."""
    for name, literals in _TEMPLATE_CALL.findall(templatize(source, origin=origin)):
        texts = [ast.literal_eval(literal) for literal in re.findall(_LITERAL, literals)]
        yield _message(name, texts)


def _message(name: str, texts: list[str]) -> Message:
    part = dict(zip(_CALLS[name], texts, strict=False))
    return Message(part["s"], part.get("p", ""), part.get("c", ""))


def of_app(app: str, root: Path) -> dict[Message, set[str]]:
    """Every text of an app and the files (relative to `root`) that ask for it. What belongs to no app is core's."""
    found: dict[Message, set[str]] = {}
    for path in sorted(_sources(app, root)):
        text = path.read_text("utf-8")
        where = path.relative_to(root).as_posix()
        for message in of_template(text, where) if path.suffix == ".html" else of_python(text):
            found.setdefault(message, set()).add(where)
    found.pop(Message(""), None)
    return found


def _sources(app: str, root: Path) -> Iterator[Path]:
    yield from (p for p in (root / app).rglob("*.py") if not {"migrations", "tests"} & set(p.parts))
    yield from (root / "templates" / app).rglob("*.html")
    if app == "core":
        yield from (root / "config").rglob("*.py")
        yield from (root / "templates").glob("*.html")
        yield from (root / "templates" / "components").rglob("*.html")
