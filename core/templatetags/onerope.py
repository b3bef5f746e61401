"""What templates say the same way everywhere: money, times, states, icons, links that keep the filters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import template
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from core import clock
from core.money import exponent, to_major
from core.permissions import ROLE_LABELS

register = template.Library()

_SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£"}

# state -> (tone, icon). The tone colours it, the icon and the words say it without colour.
_TONES = {
    state: tone
    for tone, states in {
        ("green", "circle-check"): "completed delivered done paid succeeded matched ok live approved explained",
        ("red", "alert-triangle"): "held dead failed exception overdue refused mismatch",
        ("secondary", "circle-x"): "cancelled closed voided retired refunded rejected gone",
        ("azure", "clock"): "ready waiting unpaid pending new draft queued",
        ("orange", "player-pause"): "backordered paused partially_refunded partly_shipped requested",
        ("cyan", "eye"): "shadow",
        ("blue", "package"): "allocated reserved waved picked packed fulfilling released",
        ("cyan", "truck-delivery"): "shipped picked_up in_transit out_for_delivery at_locker",
    }.items()
    for state in states.split()
}

# States whose fields carry no label: of jobs and of rule versions.
WORDS = [
    gettext_noop("queued"), gettext_noop("running"), gettext_noop("done"), gettext_noop("failed"),
    gettext_noop("draft"), gettext_noop("shadow"), gettext_noop("live"), gettext_noop("retired"),
]  # fmt: skip


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """A symbol of the icon sprite; decorative unless it has a label."""
    href = f"{static('vendor/tabler-icons/3.51.0/sprite.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.simple_tag
def money(minor: int | None, currency: str = "CNY") -> str:
    """¥1,234.56; a dash when it is not known."""
    if minor is None:
        return "—"
    sign = "−" if minor < 0 else ""
    return f"{sign}{_SIGNS.get(currency, currency + ' ')}{to_major(abs(minor), currency):,.{exponent(currency)}f}"


@register.simple_tag
def pill(state: str, label: Any = "") -> SafeString:
    """A state as icon, words and colour."""
    tone, glyph = _TONES.get(str(state), ("blue", "info-circle"))
    return format_html('<span class="pill pill-{}">{}<span>{}</span></span>', tone, icon(glyph), label or _(str(state)))


@register.simple_tag
def copyable(text: Any, url: str = "") -> SafeString:
    """An identifier in fixed width, a link when it has a `url`, with a button that copies it."""
    if not text:
        return SafeString('<span class="muted">—</span>')
    shown = format_html(
        '<a class="mono strong" href="{}">{}</a>' if url else '<span class="mono">{1}</span>', url, text
    )
    button = '<button type="button" class="plain copy" data-copy="{}" aria-label="{} {}">{}</button>'
    return format_html(
        '<span class="nowrap">{} {}</span>', shown, format_html(button, text, _("Copy"), text, icon("copy"))
    )


@register.simple_tag
def ago(moment: datetime | None) -> SafeString:
    """How long ago (or ahead), the exact Shanghai time on hover."""
    if moment is None:
        return SafeString("—")
    local = moment.astimezone(clock.BUSINESS_ZONE)
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', moment.isoformat(), f"{local:%Y-%m-%d %H:%M:%S}", _relative(moment)
    )


def _relative(moment: datetime) -> str:
    seconds = (clock.now() - moment).total_seconds()
    minutes, ahead = int(abs(seconds) // 60), seconds < 0
    if minutes < 1:
        return _("just now")
    if minutes < 60:
        text = ngettext("%(n)d min", "%(n)d min", minutes) % {"n": minutes}
    elif minutes < 48 * 60:
        text = ngettext("%(n)d h", "%(n)d h", minutes // 60) % {"n": minutes // 60}
    else:
        text = ngettext("%(n)d day", "%(n)d days", minutes // 1440) % {"n": minutes // 1440}
    return _("in %(time)s") % {"time": text} if ahead else _("%(time)s ago") % {"time": text}


@register.simple_tag(takes_context=True)
def query(context: dict[str, Any], *pairs: Any, **changes: Any) -> str:
    """The current query string with some values replaced, named (`status="held"`) or as pairs of variables
    (`name value`); None or '' drops one. Paging starts over unless it is what changes."""
    request: HttpRequest = context["request"]
    return changed(request.GET, {**dict(zip(pairs[::2], pairs[1::2], strict=True)), **changes})


def changed(params: QueryDict, changes: Mapping[str, Any]) -> str:
    """`params` as a query string with some values replaced; None or '' drops one; without the paging."""
    values = params.copy()
    for key in ("after", "before"):
        values.pop(key, None)
    for key, value in changes.items():
        if value in (None, ""):
            values.pop(key, None)
        else:
            values[key] = str(value)
    return f"?{values.urlencode()}" if values else "?"


@register.filter
def local(moment: datetime | None) -> str:
    """`11-11 20:05:33` in Shanghai."""
    return f"{timezone.localtime(moment, clock.BUSINESS_ZONE):%m-%d %H:%M:%S}" if moment else "—"


@register.filter
def who(actor: str) -> str:
    """An actor or owner for people: a role's name, the user's name, or the machine."""
    kind, _colon, name = actor.partition(":")
    return str(ROLE_LABELS.get(actor, name or (_("the system") if kind == "machine" else kind)))


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping[key]` with a variable key, empty when absent."""
    return mapping.get(key, "")
