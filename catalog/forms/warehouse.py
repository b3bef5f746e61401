from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from catalog.models import Warehouse
from catalog.models.sku import Temperature


class WarehouseForm(forms.ModelForm):
    temperatures = forms.MultipleChoiceField(
        label=_("temperatures"), choices=Temperature.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Warehouse
        fields = [
            "code", "name", "province", "city", "district", "detail", "contact", "phone", "temperatures",
            "takes_hazardous", "takes_bulky", "handling_fen", "cutoff", "is_active",
        ]  # fmt: skip
