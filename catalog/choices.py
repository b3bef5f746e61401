"""What people call the errors of master data (the checks themselves are in `catalog.domain`)."""

from django.utils.translation import gettext_lazy as _

# Some name the part at fault as %(text)s.
CELL_ERROR = {
    "required": _("This must be filled in."),
    "code_characters": _("“%(text)s” may hold no line break and none of ; , *"),
    "not_whole": _("“%(text)s” is not a whole number of zero or more."),
    "not_amount": _("“%(text)s” is not an amount of zero or more with at most two decimals."),
    "not_yes_no": _("“%(text)s” is neither 是 nor 否."),
    "not_temperature": _("“%(text)s” is none of 常温, 冷藏, 冷冻."),
    "not_counted": _("“%(text)s” cannot be read; write CODE*2; CODE."),
    "repeated_code": _("“%(text)s” appears twice."),
    "barcode_empty": _("A barcode is empty."),
    "barcode_too_long": _("The barcode “%(text)s” is longer than 64 characters."),
    "barcode_characters": _("The barcode “%(text)s” holds characters that a scanner cannot send."),
    "barcode_check_digit": _("The barcode “%(text)s” has a wrong check digit."),
    "barcode_taken": _("The barcode belongs to %(text)s."),
    "components_without_bundle": _("Only a bundle has components; say 是 under “bundle”."),
    "bundle_in_itself": _("A bundle cannot hold itself."),
    "component_unknown": _("The component %(text)s is not known."),
    "component_is_bundle": _("The component %(text)s is a bundle itself."),
    "supplier_unknown": _("The supplier %(text)s is not known."),
    "row_repeated": _("Row %(text)s has the same SKU."),
    "too_long": _("This is longer than %(text)s characters."),
}
