"""Where returned goods go."""

from collections.abc import Sequence

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils.translation import gettext as _

from catalog.models import Bin, Zone
from core.errors import OneRopeError
from inventory.models import BinStock

Want = tuple[int, bool, str]  # (SKU id, sellable, bin code or '')


def putaway_bins(warehouse_id: int, wanted: Sequence[Want]) -> dict[Want, int]:
    """A bin for each want: the one named, else for sellable goods a pick or bulk bin that holds the SKU already (or the
    hottest pick bin), for the others a quarantine bin.

    Raises OneRopeError (`no_bin`) when a named bin is not of this warehouse or of the wrong kind, or there is none.
    """
    named = {code for _sku, _sellable, code in wanted if code}
    by_code = {row.code: row for row in _bins(warehouse_id).filter(code__in=named)}
    return {want: _choose(warehouse_id, want, by_code) for want in dict.fromkeys(wanted)}


def _bins(warehouse_id: int) -> QuerySet[Bin]:
    return Bin.objects.filter(zone__warehouse_id=warehouse_id, is_active=True).select_related("zone")


def _choose(warehouse_id: int, want: Want, by_code: dict[str, Bin]) -> int:
    sku_id, is_sellable, code = want
    kinds = [Zone.Kind.PICK, Zone.Kind.BULK] if is_sellable else [Zone.Kind.QUARANTINE]
    if code:
        found = by_code.get(code)
        if found is None or found.zone.kind not in kinds:
            raise OneRopeError(
                _("Bin %(code)s cannot take these goods.") % {"code": code}, code="no_bin", fields={"bin": code}
            )
        return int(found.pk)
    holds_it = BinStock.objects.filter(sku_id=sku_id, qty__gt=0).values("bin_id")
    # Where it lies already, then the pick face before bulk ("pick" sorts last), then the hottest zone.
    near = Case(When(pk__in=holds_it, then=Value(0)), default=Value(1), output_field=IntegerField())
    best = _bins(warehouse_id).filter(zone__kind__in=kinds).order_by(near, "-zone__kind", "zone__heat", "code").first()
    if best is None:
        message = _("The warehouse has no bin for returned goods of this grade.")
        raise OneRopeError(message, code="no_bin", fields={"kinds": [str(kind) for kind in kinds]})
    return int(best.pk)
