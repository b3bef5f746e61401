"""A person's tabs and columns, saved from any list page."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import OneRopeError
from core.forms.lists import ListSettingForm, SavedViewForm
from core.services import lists
from core.web.access import requires, user_id
from core.web.redirects import back


@requires()
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the view a name of at most 40 characters."))
        return back(request)
    try:
        view = lists.save_view(user_id(request), **form.cleaned_data)
        messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    except OneRopeError as exc:
        messages.error(request, str(exc.message))
    return back(request)


@requires()
@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    if not lists.remove_view(user_id(request), pk):
        raise Http404
    messages.success(request, _("The view is removed."))
    return back(request)


@requires()
@require_POST
def set_list(request: HttpRequest) -> HttpResponse:
    """Which columns, and how dense."""
    form = ListSettingForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That cannot be set."))
        return back(request)
    hidden = set(request.POST.getlist("columns")) - set(request.POST.getlist("shown"))
    lists.set_list(
        user_id(request), form.cleaned_data["page"], hidden_columns=list(hidden), density=form.cleaned_data["density"]
    )
    return back(request)
