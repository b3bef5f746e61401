"""Where to go after a form, for browsers and for htmx."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Another page: a redirect, which htmx would follow into the fragment, as an order to the browser instead."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def back(request: HttpRequest, default: str = "/") -> HttpResponseRedirect:
    """To where the form came from, if that is one of our pages."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else default)
