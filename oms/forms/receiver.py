from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from oms.services.orders import Remember


class ReceiverForm(forms.Form):
    """A receiver as a person corrects it. What the answer counts for is asked only where it can be remembered."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=80, required=False, help_text=_("Empty: as it is")
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, help_text=_("Empty: as it is"))
    province = forms.CharField(label=_("Province"), max_length=60)
    city = forms.CharField(label=_("City"), max_length=60)
    district = forms.CharField(label=_("District"), max_length=60, required=False)
    detail = forms.CharField(
        label=_("Street and number"), max_length=200, required=False, help_text=_("Empty: as it is")
    )
    remember = forms.ChoiceField(
        label=_("Orders written like this one"),
        choices=[
            (Remember.SHOP, _("this shop's go the same way")),
            (Remember.EVERYWHERE, _("every shop's go the same way")),
            (Remember.NOT, _("ask each time")),
        ],
        required=False,
    )
    reason = forms.CharField(label=_("How you know"), max_length=120)

    def __init__(self, *args: Any, memorable: bool = False, everywhere: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not memorable:
            del self.fields["remember"]
        elif not everywhere:
            scope = self.fields["remember"]
            assert isinstance(scope, forms.ChoiceField)
            scope.choices = [choice for choice in scope.choices if choice[0] != Remember.EVERYWHERE]  # type: ignore[union-attr, index, misc]
