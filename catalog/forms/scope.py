from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from catalog.models import Shop, Warehouse
from core.models import UserScope


class ScopeForm(forms.ModelForm):
    """Shops and warehouses by name; stored as ids."""

    shop_ids = forms.TypedMultipleChoiceField(
        label=_("shops"), coerce=int, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    warehouse_ids = forms.TypedMultipleChoiceField(
        label=_("warehouses"), coerce=int, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = UserScope
        fields = ["user", "all_shops", "shop_ids", "all_warehouses", "warehouse_ids"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, model in (("shop_ids", Shop), ("warehouse_ids", Warehouse)):
            field = self.fields[name]
            assert isinstance(field, forms.TypedMultipleChoiceField)
            field.choices = list(model.objects.order_by("name").values_list("id", "name"))
