"""What a list's own little forms may send."""

from django import forms

from core.models.saved_view import Density

PAGE = r"^[a-z_]{1,30}\.[a-z_]{1,29}$"  # a list is named by its app and itself: `oms.orders`


class SavedViewForm(forms.Form):
    page = forms.RegexField(PAGE)
    name = forms.CharField(max_length=40)
    querystring = forms.CharField(max_length=4000, required=False, strip=False)
    shared = forms.BooleanField(required=False)


class ListSettingForm(forms.Form):
    """`columns` are those offered, `shown` those ticked: a column that came later is not hidden by an old form."""

    page = forms.RegexField(PAGE)
    density = forms.ChoiceField(choices=Density.choices)
