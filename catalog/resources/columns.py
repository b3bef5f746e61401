"""Which columns the SKU sheet has, how a cell is read and shown, and the template that says so."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from catalog.domain import sku_cells
from catalog.domain.sku_cells import CellError
from catalog.models import PackSpec, Sku
from catalog.models.sku import Temperature
from core import sheets
from core.money import to_major


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is its name in code, `label` in the sheet; `read` turns a cell into the value of `attribute`, `show` back.
    `note` tells the person who fills it in what may stand there."""

    key: str
    label: Any
    note: Any
    read: Callable[[str], Any]
    show: Callable[[Sku], Any]
    attribute: str = ""


def _text(attribute: str, limit: int) -> tuple[Callable[[str], str], Callable[[Sku], str]]:
    def read(cell: str) -> str:
        if len(cell) > limit:
            raise CellError("too_long", str(limit))
        return cell

    return read, lambda sku: getattr(sku, attribute)


def _level(level: str) -> Callable[[Sku], Any]:
    return lambda sku: next((spec.qty for spec in sku.pack_specs.all() if spec.level == level), "")


def _barcodes(sku: Sku) -> str:
    return sku_cells.as_text(sorted((barcode.code, barcode.qty) for barcode in sku.barcodes.all()))


def _components(sku: Sku) -> str:
    return sku_cells.as_text(sorted((part.component.code, part.qty) for part in sku.components.all()))


def _plain(key: str, label: Any, note: Any, read: Callable[[str], Any]) -> Column:
    return Column(key, label, note, read, lambda sku: getattr(sku, key), key)


def _yes_no(key: str, label: Any) -> Column:
    return Column(
        key, label, _("是 or 否"), sku_cells.flag, lambda sku: "是" if getattr(sku, key) else "否", key
    )  # fmt: skip


_WHOLE, _AMOUNT = _("a whole number"), _("at most two decimals")
COLUMNS = [
    Column("code", _("SKU"), _("required; finds the SKU, or makes a new one"), sku_cells.code,
           lambda sku: sku.code, "code"),
    Column("name", _("name"), _("required for a new SKU"), *_text("name", 200), "name"),
    Column("category", _("category"), "", *_text("category", 60), "category"),
    Column("barcodes", _("barcodes"), _("several with ; between, a carton's as CODE*12"), sku_cells.barcodes,
           _barcodes),
    _plain("weight_g", _("weight (g)"), _WHOLE, sku_cells.whole),
    _plain("length_mm", _("length (mm)"), _WHOLE, sku_cells.whole),
    _plain("width_mm", _("width (mm)"), _WHOLE, sku_cells.whole),
    _plain("height_mm", _("height (mm)"), _WHOLE, sku_cells.whole),
    Column("temperature", _("temperature"), "常温 / 冷藏 / 冷冻", sku_cells.temperature,
           lambda sku: str(Temperature(sku.temperature).label), "temperature"),
    _yes_no("is_hazardous", _("hazardous")),
    _yes_no("is_bulky", _("bulky")),
    _yes_no("is_fragile", _("fragile")),
    Column("cost", _("cost (yuan)"), _AMOUNT, sku_cells.hundredths, lambda sku: str(to_major(sku.cost_fen)),
           "cost_fen"),
    Column("floor", _("lowest price (yuan)"), _AMOUNT, sku_cells.hundredths, lambda sku: str(to_major(sku.floor_fen)),
           "floor_fen"),
    Column("tax_rate", _("tax rate (%)"), _AMOUNT, sku_cells.hundredths,
           lambda sku: f"{sku.tax_rate_bp / 100:g}", "tax_rate_bp"),
    Column("tax_code", _("tax code"), "", *_text("tax_code", 19), "tax_code"),
    Column("supplier", _("supplier code"), _("of a supplier that exists"), sku_cells.plain,
           lambda sku: sku.supplier.code if sku.supplier else ""),
    _plain("reorder_point", _("reorder point"), _WHOLE, sku_cells.whole),
    _plain("reorder_qty", _("reorder quantity"), _WHOLE, sku_cells.whole),
    Column("inner_qty", _("per inner box"), _WHOLE, sku_cells.whole, _level(PackSpec.Level.INNER)),
    Column("carton_qty", _("per carton"), _WHOLE, sku_cells.whole, _level(PackSpec.Level.CARTON)),
    _yes_no("is_bundle", _("bundle")),
    Column("components", _("components"), _("of a bundle: CODE*2; CODE"), sku_cells.counted, _components),
    _yes_no("is_active", _("active")),
]  # fmt: skip


class SkuUpload(sheets.Upload):
    required = ("code",)

    @classmethod
    def names(cls) -> dict[str, str]:
        """A column goes by its key and by its label in every language of the product."""
        found = {column.key: column.key for column in COLUMNS}
        for language in ("en", "zh-hans"):
            with translation.override(language):
                found |= {str(column.label).lower(): column.key for column in COLUMNS}
        return found


def template() -> bytes:
    """An empty sheet to fill in, and a second one that says what may stand in each column."""
    header = [f"{column.label}*" if column.key == "code" else str(column.label) for column in COLUMNS]
    notes = [[str(column.label), str(column.note)] for column in COLUMNS]
    return sheets.xlsx(
        {_("SKUs"): [header], _("how to fill it in"): [[_("column"), _("what may stand there")], *notes]}
    )
