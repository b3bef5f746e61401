"""One URL, page or fragment."""

from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx will swap the answer into the page. Not so for a boosted link, nor when the browser's back button
    asks for the page that htmx no longer has in its history."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
    )


def render_page(
    request: HttpRequest, page: str, fragment: str, context: dict[str, Any], status: int | None = None
) -> HttpResponse:
    """`fragment` to an htmx request that swaps it in, the whole `page` (which includes it) to everybody else.

    Flash messages that a fragment would lose are swapped into the page's live region beside it.
    """
    partial = wants_fragment(request)
    response = render(request, fragment if partial else page, context, status=status)
    if partial and (messages := list(get_messages(request))):
        news = render_to_string("components/messages_oob.html", {"messages": messages}, request)
        response.content += news.encode()
    patch_vary_headers(response, ["HX-Request", "HX-Boosted", "HX-History-Restore-Request"])
    return response
