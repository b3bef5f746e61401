import re

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from catalog.models import Shop
from core.models import Job, UserScope
from core.services.jobs import run_next
from core.services.roles import sync_roles
from finance.models import Difference, Statement, Upload
from finance.services import uploads
from finance.services.statements import import_statement
from tests.factories.bills import alipay_fund, fund_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("august")]


@pytest.fixture
def somebody(client):
    """`somebody("finance")` logs a user of that role in; `shops` narrows what he sees."""
    sync_roles()

    def log_in(role, shops=None):
        user = get_user_model().objects.create_user(f"{role}{get_user_model().objects.count()}", first_name=role)
        user.groups.add(Group.objects.get(name=role))
        UserScope.objects.create(user=user, all_shops=shops is None, shop_ids=[s.pk for s in shops or []])
        client.force_login(user)
        return client

    return log_in


def odd_bill(prefix="L"):
    return alipay_fund(
        [fund_row(f"{prefix}1", "T200P5120803044263167809", 70000), fund_row(f"{prefix}2", "", 0, 300, "收费")]
    )


PAGES = ["statements", "differences", "lines", "books", "upload"]


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_for_finance_only(somebody, client, page):
    url = reverse(f"finance:{page}")
    assert client.get(url).status_code == 302
    assert somebody("cs").get(url).status_code == 403
    assert somebody("finance").get(url).status_code == 200


def test_an_upload_is_imported_and_shown(somebody):
    page = somebody("finance")
    file = SimpleUploadedFile("明细.csv", odd_bill())
    answer = page.post(reverse("finance:upload"), {"source": "alipay", "file": file}, follow=True)

    assert answer.redirect_chain == [(reverse("finance:statement", args=[Statement.objects.get().pk]), 302)]
    text = answer.content.decode()
    assert "长款" in text and "¥700.00" in text
    assert "697.00" in text  # what came in less what went out


@pytest.mark.parametrize(
    ("source", "data", "words"),
    [
        ("alipay", b"nothing\nof the kind\n", "没有找到"),
        ("wechat", odd_bill(), "其他平台的账单"),
        ("generic", b"no xlsx", "没有找到"),
        ("alipay", odd_bill().replace(b"700.00", b"seven"), "第 1 行"),
    ],
)
def test_a_refused_upload_says_why(somebody, source, data, words):
    file = SimpleUploadedFile("bill.csv", data)
    answer = somebody("finance").post(reverse("finance:upload"), {"source": source, "file": file})

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Statement.objects.exists()


def test_a_generic_table_with_named_columns(somebody):
    file = SimpleUploadedFile("t.csv", "何时,单,钱\n2026-08-02,A1,5\n".encode())
    form = {"source": "generic", "file": file, "at": "何时", "order": "单", "amount": "钱"}
    somebody("finance").post(reverse("finance:upload"), form)

    assert Statement.objects.get().in_minor == 500


def test_a_large_upload_becomes_a_job(somebody, monkeypatch):
    monkeypatch.setattr(uploads, "AT_ONCE", 10)
    page = somebody("finance")
    answer = page.post(reverse("finance:upload"), {"source": "alipay", "file": SimpleUploadedFile("b.csv", odd_bill())})
    job = Job.objects.get()
    assert answer.url == reverse("finance:job", args=[job.pk])
    assert not Statement.objects.exists()

    assert run_next()
    text = page.get(answer.url).content.decode()
    assert "共 2 行：已核对 0，已解释 1，待处理 1" in text
    assert (Statement.objects.count(), Upload.objects.count()) == (1, 0)


def test_a_large_upload_that_cannot_be_read_ends_with_its_reason(somebody, monkeypatch):
    monkeypatch.setattr(uploads, "AT_ONCE", 10)
    somebody("finance").post(
        reverse("finance:upload"), {"source": "alipay", "file": SimpleUploadedFile("b.csv", b"nothing of the kind")}
    )
    run_next()

    job = Job.objects.get()
    assert (job.state, job.failed, job.results[0]["code"]) == ("done", 1, "no_header")
    assert not Upload.objects.exists()


def test_differences_are_approved_in_bulk_with_a_reason(somebody):
    import_statement(odd_bill(), "alipay")
    import_statement(odd_bill("M"), "alipay")
    page, url = somebody("finance"), reverse("finance:differences-batch")
    chosen = {"all": "1", "filters": "state=open", "action": "approve", "next": reverse("finance:differences")}

    refused = page.post(url, {**chosen, "note": ""}, follow=True).content.decode()
    assert "请写明" in refused
    assert Difference.objects.filter(state="open").count() == 1
    page.post(url, {**chosen, "note": "old shop"})

    row = Difference.objects.get()
    assert (row.state, row.note, row.closed_by.startswith("user:finance")) == ("approved", "old shop", True)
    assert Statement.objects.get(pk=row.statement_id).residual_minor == 0


def test_a_reader_of_finance_may_not_settle(somebody):
    import_statement(odd_bill(), "alipay")
    answer = somebody("cs").post(reverse("finance:differences-batch"), {"all": "1", "action": "approve", "note": "x"})

    assert answer.status_code == 403
    assert Difference.objects.get().state == "open"


def test_what_belongs_to_another_shop_is_neither_seen_nor_touched(somebody, books):
    other = Shop.objects.create(platform="taobao", code="other", name="other")
    statement = import_statement(odd_bill(), "alipay", shop_id=other.pk).statement
    page = somebody("finance", shops=[books.shop])

    assert page.get(reverse("finance:statement", args=[statement.pk])).status_code == 404
    for name in ("statements", "differences", "lines"):
        assert "5120803044263167809" not in page.get(reverse(f"finance:{name}")).content.decode()
    page.post(
        reverse("finance:differences-batch"), {"id": Difference.objects.get().pk, "action": "approve", "note": "x"}
    )
    assert Difference.objects.get().state == "open"
    assert page.post(reverse("finance:statement-again", args=[statement.pk])).status_code == 404


def test_the_workbench_filters_by_cause_and_answers_with_a_fragment(somebody):
    import_statement(odd_bill(), "alipay")
    page = somebody("finance")
    url = reverse("finance:differences")

    assert "5120803044263167809" in page.get(url, {"cause": "platform_only"}).content.decode()
    assert "5120803044263167809" not in page.get(url, {"cause": "rounding"}).content.decode()
    fragment = page.get(url, {"cause": "platform_only"}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and "5120803044263167809" in fragment


def test_an_orders_money_page_adds_up(somebody, books):
    order = books.order(paid=10000)
    books.settle()
    import_statement(
        alipay_fund(
            [
                fund_row("L1", f"T200P{order.order_no}", 10000),
                fund_row("L2", f"T200P{order.order_no}", 0, 500, "收费"),
            ]
        ),
        "alipay",
    )
    text = somebody("finance").get(reverse("finance:order", args=[order.pk])).content.decode()

    assert re.search(r"剩余利润</td><td[^>]*>¥95.00", text)
    assert "应收账款" in text
    assert somebody("finance", shops=[]).get(reverse("finance:order", args=[order.pk])).status_code == 404


def test_the_books_balance_on_screen(somebody, books):
    books.order(paid=10000)
    books.settle()
    page = somebody("finance")

    assert "借贷平衡" in page.get(reverse("finance:books")).content.decode()
    assert "还没有入账" in page.get(reverse("finance:books"), {"to": "2020-01-01"}).content.decode()


def test_list_pages_ask_the_same_number_of_queries_for_one_row_and_for_many(somebody, django_assert_max_num_queries):
    for n in range(12):
        import_statement(odd_bill(f"B{n}"), "alipay")
    page = somebody("finance")
    for name in ("statements", "differences", "lines"):
        with django_assert_max_num_queries(22):
            page.get(reverse(f"finance:{name}"))
