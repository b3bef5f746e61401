"""SKUs in and out of the admin as a sheet: template, dry run, refusals by row, all or nothing, no formulas."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import Barcode, PackSpec, Sku, Supplier
from core import sheets
from core.domain import workbook
from core.models import AuditEntry

IMPORT, EXPORT = "/admin/catalog/sku/import/", "/admin/catalog/sku/export/"
HEADER = ["SKU", "名称", "条码", "重量（克）", "成本价（元）", "组合装", "子商品", "供应商编码", "箱规（每箱数量）"]


@pytest.fixture
def goods(db):
    supplier = Supplier.objects.create(code="SUP", name="供应商")
    tee = Sku.objects.create(code="TEE", name="短袖", weight_g=180, cost_fen=1900, supplier=supplier)
    Barcode.objects.create(code="6901234567892", sku=tee)
    return tee


def upload(client, rows, name="skus.xlsx"):
    data = rows if isinstance(rows, bytes) else sheets.xlsx({"x": [HEADER, *rows]})
    file = SimpleUploadedFile(name, data)
    return client.post(IMPORT, {"import_file": file, "format": "0", "resource": "0"})


def confirm(client, response):
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', response.content.decode()))
    return client.post("/admin/catalog/sku/process_import/", fields, follow=True)


def refusals(response):
    text = response.content.decode()
    table = text[text.index('id="refused-rows"') :]
    return [
        tuple(re.sub("<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S))
        for row in re.findall(r"<tr class.*?</tr>", table, re.S)
    ]


def test_a_sheet_is_tried_first_and_imported_as_a_whole(staff, goods):
    client = staff("master")
    tried = upload(
        client,
        [
            ["TEE", "新短袖", "", "185", "", "", "", "", ""],
            ["CUP", "杯子", "96385074; 16901234567899*12", "1,200", "12.5", "否", "", "SUP", 24],
            ["SET", "套装", "", "", "", "是", "CUP*2; TEE", "", ""],
            ["", "", "", "", "", "", "", "", ""],
        ],
    )
    assert "新增 2 行，修改 1 行，不变 0 行。尚未导入。" in tried.content.decode()
    assert "<del>180</del> <ins>185</ins>" in tried.content.decode()
    assert list(Sku.objects.values_list("code", "name", "weight_g")) == [("TEE", "短袖", 180)]

    done = confirm(client, tried)

    assert "导入完成：新增 2，修改 1，不变 0。" in done.content.decode()
    tee, cup, bundle = (Sku.objects.get(code=code) for code in ("TEE", "CUP", "SET"))
    assert (tee.name, tee.weight_g, tee.cost_fen, tee.supplier.code) == ("新短袖", 185, 1900, "SUP")
    assert tee.updated_at > goods.updated_at
    assert (cup.weight_g, cup.cost_fen, cup.supplier.code, cup.is_bundle) == (1200, 1250, "SUP", False)
    assert sorted(cup.barcodes.values_list("code", "qty")) == [("16901234567899", 12), ("96385074", 1)]
    assert list(cup.pack_specs.values_list("level", "qty")) == [("carton", 24)]
    assert sorted(bundle.components.values_list("component__code", "qty")) == [("CUP", 2), ("TEE", 1)]
    assert list(tee.barcodes.values_list("code", flat=True)) == ["6901234567892"]
    assert AuditEntry.objects.get(action="catalog.import_skus").after == {"new": 2, "update": 1}


def test_each_refused_row_is_named_as_the_spreadsheet_numbers_it(staff, goods):
    response = upload(
        staff("master"),
        [
            ["TEE", "", "6901234567890", "-5", "", "", "", "", ""],
            ["", "", "", "", "", "", "", "", ""],
            ["CUP", "", "6901234567892", "", "1.234", "也许", "", "NOPE", ""],
            ["MUG", "马克杯", "", "", "", "", "TEE*2", "", ""],
            ["BOX", "盒", "", "", "", "是", "BOX; GONE", "", ""],
            ["TEE", "又来", "", "", "", "", "", "", ""],
        ],
    )

    assert refusals(response) == [
        ("2", "TEE", "条码", "条码“6901234567890”校验位不对。"),
        ("2", "TEE", "重量（克）", "“-5”不是大于等于 0 的整数。"),
        ("4", "CUP", "成本价（元）", "“1.234”不是大于等于 0、最多两位小数的数。"),
        ("4", "CUP", "组合装", "“也许”应填是或否。"),
        ("4", "CUP", "供应商编码", "供应商 NOPE 不存在。"),
        ("4", "CUP", "条码", "条码已属于 TEE。"),
        ("4", "CUP", "名称", "必填。"),
        ("5", "MUG", "子商品", "只有组合装才有子商品，请在“组合装”列填“是”。"),
        ("6", "BOX", "子商品", "子商品 BOX 本身是组合装。"),
        ("7", "TEE", "SKU", "与第 2 行的 SKU 重复。"),
    ]
    assert "process_import" not in response.content.decode()
    assert Sku.objects.count() == 1


def test_two_rows_may_not_claim_one_barcode(staff, goods):
    response = upload(
        staff("master"),
        [["A", "甲", "96385074", "", "", "", "", "", ""], ["B", "乙", "96385074", "", "", "", "", "", ""]],
    )
    assert refusals(response) == [("3", "B", "条码", "条码已属于 A。")]


def test_what_changed_between_trying_and_confirming_undoes_the_whole(staff, goods):
    client = staff("master")
    tried = upload(
        client, [["CUP", "杯子", "", "", "", "", "", "", ""], ["MUG", "马克杯", "96385074", "", "", "", "", "", ""]]
    )
    Barcode.objects.create(code="96385074", sku=goods)

    done = confirm(client, tried)

    assert "没有导入任何内容" in done.content.decode()
    assert not Sku.objects.filter(code__in=["CUP", "MUG"]).exists()


def test_a_confirmation_without_its_upload_imports_nothing(staff, goods):
    fields = {"import_file_name": "gone", "original_file_name": "x", "format": "0", "resource": "0"}
    response = staff("master").post("/admin/catalog/sku/process_import/", fields, follow=True)

    assert "上传的文件已失效" in response.content.decode()
    assert Sku.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b" \n", "empty_file"),
        (b"SKU\n", "no_rows"),
        (b"PK\x03\x04 nonsense", "not_xlsx"),
        (b"\xd0\xcf\x11\xe0" + bytes(99), "old_excel"),
        (b"\x00\x01\x02", "not_text"),
        ("名称,重量（克）\n杯子,1\n".encode(), "missing_columns"),
        ("SKU,价格\nA,1\n".encode(), "unknown_columns"),
        (b"SKU,code\nA,1\n", "repeated_columns"),
        (b"\n\nA,1\n", "no_header"),
        (b"SKU\n" + b"A\n" * 5001, "too_many_rows"),
    ],
    ids=range(10),
)
def test_a_file_that_is_no_sheet_is_refused_with_a_code(staff, data, code):
    response = upload(staff("master"), data)

    assert response.status_code == 200
    assert f"({code})" in response.content.decode()
    assert Sku.objects.count() == 0


def test_the_template_names_every_column_and_imports_as_it_is(staff, goods):
    client = staff("master")
    template = client.get("/admin/catalog/sku/template/")

    header = workbook.read(template.content)[0]
    assert header[0] == "SKU*" and len(header) == 24
    assert "(no_rows)" in upload(client, template.content).content.decode()


def test_a_cell_that_a_spreadsheet_would_run_comes_out_as_text_and_goes_back_in(staff, goods):
    client = staff("master")
    names = ["=1+1", "+cmd", "-2", "@SUM(A1)", "\tx", "\rx", "＝1", "＋1", "－1", "＠1"]
    Sku.objects.bulk_create(Sku(code=f"X{at}", name=name) for at, name in enumerate(names))

    out = client.post(EXPORT, {"format": "1", "resource": "0"}).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(out, newline="")))
    shown = {row[0]: row[1] for row in rows[1:]}
    book = workbook.read(client.post(EXPORT, {"format": "0", "resource": "0"}).content)

    assert [shown[f"X{at}"] for at in range(len(names))] == [f"'{name}" for name in names]
    assert [row[1] for row in book[1:] if row[0] == "X0"] == ["'=1+1"]
    tried = upload(client, out.encode())
    assert f"新增 0 行，修改 0 行，不变 {len(names) + 1} 行" in tried.content.decode()


def test_an_export_goes_back_in_without_a_change(staff, goods):
    client = staff("master")
    PackSpec.objects.create(sku=goods, level="carton", qty=12)
    for file_format, name in (("0", "a.xlsx"), ("1", "a.csv")):
        data = client.post(EXPORT, {"format": file_format, "resource": "0"}).content
        assert "新增 0 行，修改 0 行，不变 1 行" in upload(client, data, name).content.decode()


def test_a_sheet_in_english_is_understood_too(staff, goods):
    tried = upload(staff("master"), b"sku,name,weight (g)\nCUP,Cup,12\n", "skus.csv")
    assert "新增 1 行" in tried.content.decode()


def test_only_who_may_change_goods_imports_them(staff, goods):
    assert staff("ops").get(IMPORT).status_code == 403
    assert staff("ops").get(EXPORT).status_code == 403


def test_a_thousand_rows_take_a_fixed_number_of_statements(staff, goods, django_assert_max_num_queries):
    client = staff("master")
    rows = [[f"N{at}", f"商品{at}", "", at, "", "", "", "SUP", 10] for at in range(1000)]
    tried = upload(client, rows)
    with django_assert_max_num_queries(60):
        confirm(client, tried)
    assert Sku.objects.count() == 1001
