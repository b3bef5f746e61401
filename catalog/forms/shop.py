"""A shop's secrets: put in, never shown again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget


class ShopAccessForm(forms.Form):
    """Every field replaces what is stored; what is left empty is no longer known afterwards."""

    push_secrets = forms.CharField(
        label=_("push secrets, one a line, the newest first"),
        help_text=_("While a secret is being replaced, keep the old one on the second line."),
        required=False,
        max_length=2000,
        widget=UnfoldAdminTextareaWidget(attrs={"autocomplete": "off", "spellcheck": "false", "rows": 3}),
    )
    app_key = forms.CharField(
        label=_("app key"),
        required=False,
        max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    secret = forms.CharField(
        label=_("app secret"),
        required=False,
        max_length=500,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    access_token = forms.CharField(
        label=_("access token"),
        required=False,
        max_length=2000,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )

    def clean_push_secrets(self) -> list[str]:
        return [line.strip() for line in self.cleaned_data["push_secrets"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not any(data.values()):
            raise forms.ValidationError(_("Put in at least one of them."))
        return data
