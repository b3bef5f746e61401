"""What a list shows of a row."""

from dataclasses import dataclass
from typing import Any, Literal

from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core.templatetags import onerope
from core.web.paging import value_at

Kind = Literal["text", "code", "number", "money", "ago", "pill"]
NUMERIC = ("number", "money")
UNKNOWN = SafeString('<span class="muted">—</span>')


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `value` is a dotted path from the row (default: `name`) shown as `kind` says; or `template` renders
    the cell, with `row` in its context. `sort` is the look-up that its header sorts by; `fixed` cannot be hidden."""

    name: str
    label: Any
    value: str = ""
    kind: Kind = "text"
    template: str = ""
    sort: str = ""
    fixed: bool = False

    @property
    def css(self) -> str:
        return "num" if self.kind in NUMERIC else "nowrap" if self.kind in ("code", "ago") else ""

    def render(self, row: Any) -> SafeString | str:
        path = self.value or self.name
        value = value_at(row, path.split("."))
        if value is None or value == "":
            return UNKNOWN
        if self.kind == "money":
            return onerope.money(value, getattr(row, "currency", "CNY"))
        if self.kind == "ago":
            return onerope.ago(value)
        if self.kind == "pill":
            label = getattr(row, f"get_{path}_display", None)
            return onerope.pill(value, label() if label else "")
        if self.kind == "code":
            return format_html('<span class="mono">{}</span>', value)
        return conditional_escape(f"{value:,}" if self.kind == "number" else value)


@dataclass(frozen=True, slots=True)
class Branch:
    """One entry of the tree at the left of a list: a value of the tree's filter and how many rows have it; `more` when
    nobody counted further. `alarm` when rows there are a problem."""

    value: str
    label: Any
    count: int
    alarm: bool = False
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What can be done to the chosen rows: a button of the batch bar, posted as `action=name`. `confirm` is asked
    before; `tone` is `primary` or `danger`; `permission` a code of core.permissions."""

    name: str
    label: Any
    icon: str = ""
    permission: str = ""
    confirm: Any = ""
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Empty:
    """What a list without rows says: why, and what to do about it."""

    title: Any
    hint: Any = ""
    icon: str = "inbox"
    url: str = ""
    action: Any = ""
