"""How rows of the SKU sheet are checked, and what they change. Used by the admin's import and export."""

from collections.abc import Mapping, Sequence
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.html import format_html
from import_export import fields, instance_loaders, resources, results

from catalog.choices import CELL_ERROR
from catalog.domain import sku_cells
from catalog.domain.sku_cells import CellError
from catalog.models import Barcode, PackSpec, Sku, Supplier
from catalog.resources.columns import COLUMNS, Column
from catalog.services import skus
from core import clock
from core.services import audit

_LEVELS = {"inner_qty": PackSpec.Level.INNER, "carton_qty": PackSpec.Level.CARTON}


class SkuField(fields.Field):
    """A column of the sheet. What is read but lies in another table waits on the instance until the rows are saved."""

    def __init__(self, column: Column, label: Any = "") -> None:
        super().__init__(attribute=column.key, column_name=label or column.key)
        self.column = column

    def clean(self, row: Mapping[str, str], **kwargs: Any) -> Any:
        return self.column.read(row[self.column.key])

    def save(self, instance: Sku, row: Mapping[str, str], is_m2m: bool = False, **kwargs: Any) -> None:
        if not row.get(self.column.key, "").strip():
            return
        value = self.clean(row)
        if self.column.attribute:
            setattr(instance, self.column.attribute, value)
        else:
            instance.__dict__.setdefault("_wanted", {})[self.column.key] = value

    def export(self, instance: Sku, **kwargs: Any) -> Any:
        wanted = instance.__dict__.get("_wanted", {})
        if self.column.key in wanted:
            value = wanted[self.column.key]
            return sku_cells.as_text(sorted(value)) if isinstance(value, tuple) else value
        if self.column.attribute or self.column.key == "supplier" or instance.pk:
            return self.column.show(instance)
        return ""

    def get_value(self, instance: Sku) -> Any:
        return self.export(instance)


class ByCode(instance_loaders.BaseInstanceLoader):
    """The SKUs that the sheet names, read at once."""

    def __init__(self, resource: "SkuResource", dataset: tablib.Dataset) -> None:
        super().__init__(resource, dataset)
        codes = {sku_cells.plain(row["code"]) for row in dataset.dict}
        self.found = {sku.code: sku for sku in resource.get_queryset().filter(code__in=codes)}

    def get_instance(self, row: Mapping[str, str]) -> Sku | None:
        return self.found.get(sku_cells.plain(row["code"]))


class CellDiff(resources.Diff):
    """What was in a cell and what will be: whole values, because 18<del>0</del><ins>5</ins> reads as 1805."""

    def as_html(self) -> list[str]:
        return [self._cell(before, after) for before, after in zip(self.left, self.right, strict=True)]

    def _cell(self, before: Any, after: Any) -> str:
        if before == after:
            return format_html("{}", after)
        if self.new or before in (None, ""):
            return format_html("<ins>{}</ins>", after)
        return format_html("<del>{}</del> <ins>{}</ins>", before, after)


class SheetResult(results.Result):
    """Rows are counted as the spreadsheet shows them: the header is row 1."""

    def append_invalid_row(self, number: int, row: Any, validation_error: ValidationError) -> None:
        super().append_invalid_row(number + 1, row, validation_error)
        self.invalid_rows[-1].code = row["code"]

    def append_error_row(self, number: int, row: Any, errors: Sequence[Any]) -> None:
        super().append_error_row(number + 1, row, errors)


class SkuResource(resources.ModelResource):
    """An empty cell leaves what is there. All rows or none: a refused one undoes the others."""

    class Meta:
        model = Sku
        fields = [column.key for column in COLUMNS]
        import_id_fields = ["code"]
        instance_loader_class = ByCode
        use_bulk = True
        batch_size = None
        use_transactions = True
        skip_unchanged = True
        report_skipped = True
        clean_model_instances = False
        store_instance = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.fields = {column.key: SkuField(column) for column in COLUMNS}

    def get_queryset(self) -> QuerySet[Sku]:
        return Sku.objects.select_related("supplier").prefetch_related(
            "barcodes", "components__component", "pack_specs"
        )

    def filter_export(self, queryset: QuerySet[Sku], **kwargs: Any) -> QuerySet[Sku]:
        return queryset.select_related("supplier").prefetch_related("barcodes", "components__component", "pack_specs")

    # --- what people see of the columns ---

    def get_export_headers(self, selected_fields: Any = None) -> list[str]:
        return [str(column.label) for column in COLUMNS]

    get_diff_headers = get_export_headers

    def get_user_visible_fields(self) -> list[fields.Field]:
        return [SkuField(column, str(column.label)) for column in COLUMNS]

    def get_diff_class(self) -> type[CellDiff]:
        return CellDiff

    def get_result_class(self) -> type[SheetResult]:
        return SheetResult

    # --- checking ---

    def before_import(self, dataset: tablib.Dataset, **kwargs: Any) -> None:
        """Everything that rows are compared with, once: suppliers, owners of barcodes, SKUs that components name."""
        self.suppliers = {supplier.code: supplier for supplier in Supplier.objects.all()}
        self.first_seen: dict[str, int] = {}
        rows = dataset.dict
        named = {name for row in rows for name, _qty in _lenient(row.get("components", ""))}
        self.bundles = {sku_cells.plain(row["code"]): bool(row.get("components", "").strip()) for row in rows}
        self.bundles |= dict(Sku.objects.filter(code__in=named).values_list("code", "is_bundle"))
        codes = {name for row in rows for name, _qty in _lenient(row.get("barcodes", ""))}
        self.owners = dict(Barcode.objects.filter(code__in=codes).values_list("code", "sku__code"))

    def import_row(self, row: dict[str, str], instance_loader: Any, **kwargs: Any) -> results.RowResult:
        if any(cell.strip() for cell in row.values()):
            return super().import_row(row, instance_loader, **kwargs)
        blank = self.get_row_result_class()()
        blank.import_type, blank.diff = results.RowResult.IMPORT_TYPE_SKIP, [""] * len(COLUMNS)
        return blank

    def import_instance(self, instance: Sku, row: dict[str, str], **kwargs: Any) -> None:
        found: dict[str, CellError] = {}
        for key, field in self.fields.items():
            try:
                field.save(instance, row)
            except CellError as exc:
                found[key] = exc
        wanted = instance.__dict__.get("_wanted", {})
        for key, check in (("code", self._check_code), ("supplier", self._check_supplier),
                           ("barcodes", self._check_barcodes), ("components", self._check_components)):  # fmt: skip
            try:
                check(instance, wanted, kwargs["row_number"] + 1)
            except CellError as exc:
                found.setdefault(key, exc)
        values = {"code": instance.code, "name": instance.name, "is_bundle": instance.is_bundle}
        for key, code in sku_cells.misfits(values, wanted.get("components")).items():
            found.setdefault(key, CellError(code))
        if found:
            labels = {column.key: str(column.label) for column in COLUMNS}
            raise ValidationError({labels[key]: _said(exc) for key, exc in found.items()})

    def _check_code(self, sku: Sku, wanted: dict[str, Any], row_number: int) -> None:
        if not sku.code:
            raise CellError("required")
        if len(sku.code) > 64:
            raise CellError("too_long", "64")
        first = self.first_seen.setdefault(sku.code, row_number)
        if first != row_number:
            raise CellError("row_repeated", str(first))

    def _check_supplier(self, sku: Sku, wanted: dict[str, Any], row_number: int) -> None:
        code = wanted.pop("supplier", None)
        if code is not None and code not in self.suppliers:
            raise CellError("supplier_unknown", code)
        if code is not None:
            sku.supplier = self.suppliers[code]

    def _check_barcodes(self, sku: Sku, wanted: dict[str, Any], row_number: int) -> None:
        for code, _qty in wanted.get("barcodes", ()):
            owner = self.owners.setdefault(code, sku.code)
            if owner != sku.code:
                raise CellError("barcode_taken", owner)

    def _check_components(self, sku: Sku, wanted: dict[str, Any], row_number: int) -> None:
        for code, _qty in wanted.get("components", ()):
            if code not in self.bundles:
                raise CellError("component_unknown", code)
            if self.bundles[code]:
                raise CellError("component_is_bundle", code)

    # --- writing ---

    def get_bulk_update_fields(self) -> list[str]:
        return [*(column.attribute for column in COLUMNS if column.attribute != "code" and column.attribute),
                "supplier", "updated_at"]  # fmt: skip

    def before_save_instance(self, instance: Sku, row: Mapping[str, str], **kwargs: Any) -> None:
        instance.updated_at = clock.now()

    def after_import(self, dataset: tablib.Dataset, result: results.Result, **kwargs: Any) -> None:
        """Barcodes, components and pack quantities of the rows that name them, once every SKU has its id."""
        if result.has_errors() or result.has_validation_errors():
            return
        saved = [row.instance for row in result.rows if row.instance is not None and not row.is_skip()]
        details = {sku.pk: sku.__dict__.get("_wanted", {}) for sku in saved}
        for key, write in (("barcodes", skus.replace_barcodes), ("components", skus.replace_components)):
            write({pk: wanted[key] for pk, wanted in details.items() if key in wanted})
        skus.set_pack_quantities(
            {
                (pk, level): wanted[key]
                for pk, wanted in details.items()
                for key, level in _LEVELS.items()
                if key in wanted
            }
        )
        if not kwargs["dry_run"]:
            audit.record("catalog.import_skus", "catalog.sku", reason=str(kwargs.get("file_name") or ""),
                         after={kind: count for kind, count in result.totals.items() if count})  # fmt: skip


def _lenient(text: str) -> sku_cells.Counted:
    """Codes in a cell for looking them up; a cell that cannot be read is reported by its own row."""
    try:
        return sku_cells.counted(text)
    except CellError:
        return ()


def _said(error: CellError) -> str:
    return str(CELL_ERROR[error.code] % {"text": error.text})
