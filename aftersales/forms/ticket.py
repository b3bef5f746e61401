"""What people fill in about a ticket."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from aftersales.choices import CHANNEL, FAULT, MESSAGE_KIND, PRIORITY, TICKET_KIND
from aftersales.domain.refund_flow import Channel
from aftersales.domain.resolution import Resolution
from aftersales.domain.ticket import MessageKind, Priority
from aftersales.services.resolve import Choice
from aftersales.services.tickets import MAX_TEXT
from core.domain.masking import mask_text
from core.money import MAX_MINOR, exponent, to_minor

NOBODY = [("", _("not known"))]


class AmountField(forms.DecimalField):
    """An amount in the currency's main unit; `cleaned_data` holds it in minor units."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_digits=16, **kwargs)
        self.currency = "CNY"

    def clean(self, value: Any) -> int | None:
        amount = super().clean(value)
        if amount is None:
            return None
        minor = to_minor(amount, self.currency)
        if minor > MAX_MINOR or -amount.as_tuple().exponent > exponent(self.currency):
            raise forms.ValidationError(_("This is not an amount of money."), code="bad_amount")
        return minor


class NewTicketForm(forms.Form):
    """A ticket by hand. The title is starred where it looks like a phone number; the detail goes to the vault."""

    kind = forms.ChoiceField(label=_("Kind"), choices=TICKET_KIND)
    order_no = forms.CharField(label=_("Order number"), max_length=80, required=False)
    title = forms.CharField(label=_("What is it about"), max_length=120)
    detail = forms.CharField(
        label=_("What the buyer says"), required=False, max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )
    amount = AmountField(label=_("Amount (yuan)"), required=False)
    priority = forms.TypedChoiceField(label=_("Priority"), choices=PRIORITY, coerce=int, initial=Priority.NORMAL)

    def clean_title(self) -> str:
        return mask_text(self.cleaned_data["title"])


class WriteForm(forms.Form):
    """A note or a reply, and the version of the ticket it was written on."""

    kind = forms.ChoiceField(choices=MESSAGE_KIND, initial=MessageKind.REPLY, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Reply"), max_length=MAX_TEXT, widget=forms.Textarea(attrs={"rows": 6, "data-composer": ""})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class ResolveForm(forms.Form):
    """What is decided, with the particulars that some resolutions need."""

    resolution = forms.ChoiceField(choices=[(r.value, r.value) for r in Resolution])
    amount = AmountField(required=False)
    channel = forms.ChoiceField(label=_("Money goes"), choices=CHANNEL, initial=Channel.PLATFORM)
    fault = forms.ChoiceField(label=_("Caused by"), choices=[*NOBODY, *FAULT], required=False)
    carrier = forms.CharField(label=_("Return carrier"), max_length=40, required=False)
    waybill_no = forms.CharField(label=_("Return waybill"), max_length=60, required=False)
    replace_first = forms.BooleanField(label=_("Send the new goods before the old are back"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        amount = self.fields["amount"]
        assert isinstance(amount, AmountField)
        amount.currency = currency
        amount.label = _("Amount (%(currency)s)") % {"currency": currency}

    def choice(self) -> Choice:
        """The decision as the service takes it."""
        data = self.cleaned_data
        return Choice(
            resolution=Resolution(data["resolution"]), amount_minor=data["amount"], channel=Channel(data["channel"]),
            fault=data["fault"], reason=data["reason"], carrier=data["carrier"], waybill_no=data["waybill_no"],
            replace_first=data["replace_first"],
        )  # fmt: skip
