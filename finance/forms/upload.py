"""What is asked about a bill before it is read."""

from typing import Any

from django import forms
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils.translation import gettext_lazy as _

from catalog.models import Shop
from core.selectors.scope import scoped
from finance.choices import SOURCE
from finance.services.uploads import MAX_UPLOAD

# Roles of a generic table's columns that a person may have to name.
ROLES = [
    ("at", _("Column of the time")),
    ("order", _("Column of the order number")),
    ("amount", _("Column of the amount")),
    ("into", _("Column of money in")),
    ("out", _("Column of money out")),
    ("kind", _("Column of the type")),
    ("fee", _("Column of the fee")),
]


class UploadForm(forms.Form):
    """A bill as the platform gives it. Without a shop its lines may belong to any."""

    source = forms.ChoiceField(label=_("Where it comes from"), choices=SOURCE)
    shop = forms.ModelChoiceField(
        label=_("Shop"), queryset=Shop.objects.none(), required=False, empty_label=_("any shop")
    )
    file = forms.FileField(label=_("File"), help_text=_("CSV, XLSX or ZIP, exactly as downloaded"))

    def __init__(self, *args: Any, user: AbstractBaseUser | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shop = self.fields["shop"]
        assert isinstance(shop, forms.ModelChoiceField)
        shop.queryset = scoped(Shop.objects.filter(is_active=True).order_by("name"), user, shop="id")
        for role, label in ROLES:
            self.fields[role] = forms.CharField(label=label, max_length=60, required=False)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_UPLOAD:
            raise forms.ValidationError(_("The file is too large for the browser."), code="too_large")
        return upload

    @property
    def mapping(self) -> dict[str, str] | None:
        """The columns that were named; None when all are to be guessed."""
        given = getattr(self, "cleaned_data", {})
        named = {role: given[role] for role, _label in ROLES if given.get(role)}
        return named or None
