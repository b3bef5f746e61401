"""Write what hangs on SKUs, for many of them at once."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from catalog.domain.sku_cells import Counted
from catalog.models import Barcode, BundleComponent, PackSpec, Sku

_KEEP = 1000  # rows per statement


def replace_barcodes(wanted: Mapping[int, Counted]) -> None:
    """Make each SKU's barcodes exactly the given (code, units). A code may move from one of these SKUs to another."""
    with transaction.atomic():
        Barcode.objects.filter(sku_id__in=wanted).delete()
        rows = [Barcode(code=code, sku_id=sku, qty=qty) for sku, codes in wanted.items() for code, qty in codes]
        Barcode.objects.bulk_create(rows, batch_size=_KEEP)


def replace_components(wanted: Mapping[int, Counted]) -> None:
    """Make each bundle's components exactly the given (SKU code, units). The codes must be known."""
    ids = ids_of(code for parts in wanted.values() for code, _qty in parts)
    with transaction.atomic():
        BundleComponent.objects.filter(bundle_id__in=wanted).delete()
        rows = [
            BundleComponent(bundle_id=bundle, component_id=ids[code], qty=qty)
            for bundle, parts in wanted.items()
            for code, qty in parts
        ]
        BundleComponent.objects.bulk_create(rows, batch_size=_KEEP)


def set_pack_quantities(wanted: Mapping[tuple[int, str], int]) -> None:
    """Say how many of a SKU go into one package of a level: `{(sku id, level): units}`. The rest of a spec stays."""
    rows = [PackSpec(sku_id=sku, level=level, qty=qty) for (sku, level), qty in wanted.items()]
    PackSpec.objects.bulk_create(
        rows, batch_size=_KEEP, update_conflicts=True, unique_fields=["sku", "level"], update_fields=["qty"]
    )


def ids_of(codes: Iterable[str]) -> dict[str, int]:
    """SKU code → id of those that exist."""
    return dict(Sku.objects.filter(code__in=set(codes)).values_list("code", "id"))
