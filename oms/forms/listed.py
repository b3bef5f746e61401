from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from core.errors import OneRopeError
from oms.models import ListEntry, Order
from oms.services import lists


class ListForm(forms.ModelForm):
    """A phone number, or what an order tells of whoever placed it. `trait` is what was recognised."""

    orders: QuerySet[Order] = Order.objects.none()  # those the user sees; the admin sets it
    trait: lists.Trait | None = None

    kind = forms.ChoiceField(label=_("kind"), choices=ListEntry.Kind.choices, widget=UnfoldAdminSelectWidget)
    phone = forms.CharField(
        label=_("phone number"),
        required=False,
        max_length=40,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    order_no = forms.CharField(
        label=_("or an order of that person"), required=False, max_length=80, widget=UnfoldAdminTextInputWidget
    )

    class Meta:
        model = ListEntry
        fields = ["side", "kind", "phone", "order_no", "reason"]
        widgets = {"side": UnfoldAdminSelectWidget, "reason": UnfoldAdminTextInputWidget}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            self.trait = self._recognised(data)
        except OneRopeError as exc:
            raise forms.ValidationError(str(exc.message), code=exc.code) from exc
        if self.trait and ListEntry.objects.filter(tag=self.trait.tag).exists():
            raise forms.ValidationError(_("That is on a list already."), code="already_listed")
        return data

    def _recognised(self, data: dict[str, Any]) -> lists.Trait | None:
        kind, order_no = data.get("kind"), data.get("order_no", "").strip()
        if order_no and kind:
            order = self.orders.filter(order_no=order_no).order_by("-id").first()
            if order is None:
                raise OneRopeError(_("There is no such order."), code="no_order")
            return lists.of_order(kind, order)
        if kind == ListEntry.Kind.PHONE:
            return lists.phone(data.get("phone", ""))
        raise OneRopeError(_("Name an order: only it knows the buyer and the address."), code="no_order")
