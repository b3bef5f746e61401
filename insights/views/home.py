from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.web import nav
from insights.views.pages import dashboard


def start(request: HttpRequest) -> HttpResponse:
    """The dashboard; for a role that has none, its first page (a picker starts picking)."""
    if not request.user.is_authenticated:
        return redirect_to_login("/")
    if request.user.has_perm("core.dashboard_view"):
        return dashboard(request)
    pages = nav.visible_to(request.user, "")
    return HttpResponseRedirect(pages[0]["url"]) if pages else dashboard(request)
