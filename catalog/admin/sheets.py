"""Import and export of a model as a sheet, on its admin pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from import_export.admin import ImportExportMixin
from import_export.results import Result
from import_export.tmp_storages import CacheStorage
from unfold.contrib.import_export.forms import ExportForm

from catalog.forms.sheet import SheetImportForm
from core import sheets


class SheetMixin(ImportExportMixin):
    """A template to fill in, a dry run that shows what would change, then all rows or none.

    Uploads wait for the confirmation in the cache under a name that cannot be guessed, not in the shared temporary
    folder. Nothing is logged row by row: the resource writes one audit entry.
    """

    import_form_class = SheetImportForm
    export_form_class = ExportForm
    export_formats = [sheets.XlsxDownload, sheets.CsvDownload]
    tmp_storage_class = CacheStorage
    skip_admin_log = True
    import_template_name = "catalog/import.html"

    def get_urls(self) -> list[URLPattern]:
        name = "{}_{}_template".format(*self.get_model_info())
        return [path("template/", self.admin_site.admin_view(self.template_view), name=name), *super().get_urls()]

    def sheet_template(self) -> bytes:
        raise NotImplementedError

    def template_view(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponse(self.sheet_template(), content_type=sheets.XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}-template.xlsx"'
        return response

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_add_permission(request) and self.has_change_permission(request))

    def has_export_permission(self, request: HttpRequest) -> bool:
        return bool(self.has_view_permission(request))

    def get_import_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"template_url": reverse("admin:{}_{}_template".format(*self.get_model_info()))}

    def add_data_read_fail_error_to_form(self, form: Any, exc: Exception) -> None:
        if not isinstance(exc, sheets.SheetRefused):
            raise exc
        form.add_error("import_file", f"{exc.message} ({exc.code})")

    def get_import_data_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_import_data_kwargs(**kwargs), "rollback_on_validation_errors": True}

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)
        except sheets.SheetRefused:
            messages.error(request, _("The upload is no longer there. Choose the file again."))
            return self._back("import")

    def process_result(self, result: Result, request: HttpRequest) -> HttpResponse:
        if result.has_errors() or result.has_validation_errors():
            messages.error(request, _("The data changed in the meantime; nothing was imported. Check the file again."))
            return self._back("import")
        counts = {"new": result.totals["new"], "changed": result.totals["update"], "same": result.totals["skip"]}
        messages.success(request, _("Imported: %(new)d new, %(changed)d changed, %(same)d as they were.") % counts)
        return self._back("changelist")

    def _back(self, page: str) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:{}_{}_{}".format(*self.get_model_info(), page)))
