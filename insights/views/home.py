from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.web import nav
from insights.views.pages import dashboard

SCAN_PAGES = ("pick", "pack")


def start(request: HttpRequest) -> HttpResponse:
    """The dashboard; for a role that has none, its scan page (a picker starts picking), else its first page."""
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    if request.user.has_perm("core.dashboard_view"):
        return dashboard(request)
    pages = nav.visible_to(request.user, "")
    scanning = [page for page in pages if page["item"].permission in SCAN_PAGES]
    first = next(iter(scanning + pages), None)
    return HttpResponseRedirect(first["url"]) if first else dashboard(request)
