"""What the forms of SKUs check beyond the columns' own limits."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.choices import CELL_ERROR
from catalog.domain import barcode
from catalog.models import Barcode


class BarcodeForm(forms.ModelForm):
    class Meta:
        model = Barcode
        fields = ["code", "qty"]

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).strip()
        if wrong := barcode.problem(code):
            raise forms.ValidationError(CELL_ERROR[wrong] % {"text": code}, code=wrong)
        return code


class ComponentFormSet(forms.BaseInlineFormSet):
    """A bundle has components, nothing else has; and no bundle is a component."""

    def clean(self) -> None:
        super().clean()
        rows: list[dict[str, Any]] = [
            form.cleaned_data for form in self.forms if form.is_valid() and form.cleaned_data.get("component")
        ]
        kept = [row["component"] for row in rows if not row.get("DELETE")]
        if kept and not self.instance.is_bundle:
            raise forms.ValidationError(CELL_ERROR["components_without_bundle"], code="components_without_bundle")
        if self.instance.is_bundle and not kept:
            raise forms.ValidationError(_("A bundle needs at least one component."), code="bundle_empty")
        for component in kept:
            if component.pk == self.instance.pk:
                raise forms.ValidationError(CELL_ERROR["bundle_in_itself"], code="bundle_in_itself")
            if component.is_bundle:
                raise forms.ValidationError(
                    CELL_ERROR["component_is_bundle"] % {"text": component.code}, code="component_is_bundle"
                )
