from typing import Any

from django import forms
from unfold.contrib.import_export.forms import ImportForm

from core.domain.workbook import Limits
from core.sheets import SheetRefused


class SheetImportForm(ImportForm):
    """A sheet to import, measured before it is read into memory."""

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > Limits().upload:
            raise forms.ValidationError(
                str(SheetRefused("too_large", {"limit": Limits().upload}).message), code="too_large"
            )
        return file
