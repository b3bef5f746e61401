import json
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from finance.domain.unit_cost import AUTOMATED, BY_HAND, rounded, unit_cost
from finance.models import Statement
from tests.factories.bills import alipay_fund, fund_row

KEYS = ["rows", "matched", "explained", "unexplained", "in_minor", "out_minor", "residual_minor"]
BY_HAND_OPTIONS = {"hourly": 28, "minutes": 12, "rework": 18, "error_rate": "0.0022", "fee": 0, "orders": 1}


def command(name, *args):
    out = StringIO()
    call_command(name, *args, stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def options(**figures):
    return [part for name, value in figures.items() for part in (f"--{name.replace('_', '-')}", str(value))] + [
        "--json"
    ]


def test_unit_cost_follows_the_formula_and_not_the_printed_examples():
    assert command("unit_cost", *options(**BY_HAND_OPTIONS)) == {
        "labour": 5.6, "rework": 0.0396, "system": 0.0, "total": 5.64,
    }  # fmt: skip
    automated = {**BY_HAND_OPTIONS, "minutes": 5, "error_rate": "0.0007", "fee": 80000, "orders": 200000}
    assert command("unit_cost", *options(**automated))["total"] == 2.75


def test_the_documents_examples_do_not_follow():
    for example, right in ((BY_HAND, "5.64"), (AUTOMATED, "2.75")):
        cost = unit_cost(
            example.hourly, example.minutes, example.rework, example.error_rate, example.fee, example.orders
        )
        assert rounded(cost.total) == Decimal(right) != example.printed


@pytest.mark.parametrize(
    "wrong", [{"orders": 0}, {"hourly": -1}, {"minutes": "nan"}, {"fee": "much"}, {"orders": "1.5"}]
)
def test_unit_cost_with_wrong_figures_says_what_to_do(wrong):
    with pytest.raises(CommandError) as caught:
        command("unit_cost", *options(**{**BY_HAND_OPTIONS, **wrong}))
    assert caught.value.returncode in {1, 2}  # argparse's own refusals exit with 2 from a shell


@pytest.fixture
def bill(tmp_path):
    path = tmp_path / "bill.csv"
    path.write_bytes(
        alipay_fund([fund_row("L1", "T200P5120803044263167809", 316256), fund_row("L2", "", 0, 500, "收费")])
    )
    return path


@pytest.mark.django_db
def test_reconcile_prints_the_contracts_keys_and_the_same_again(bill):
    found = command("reconcile", "--file", str(bill), "--source", "alipay", "--json")

    assert {key: found[key] for key in KEYS} == {
        "rows": 2, "matched": 0, "explained": 1, "unexplained": 1, "in_minor": 316256, "out_minor": 500,
        "residual_minor": 316256,
    }  # fmt: skip
    assert (found["tickets"], found["causes"]) == (1, {"platform_only": 1})
    assert command("reconcile", "--file", str(bill), "--source", "alipay", "--json") == found
    assert Statement.objects.count() == 1


@pytest.mark.django_db
def test_reconcile_dry_run_keeps_nothing(bill):
    assert command("reconcile", "--file", str(bill), "--source", "alipay", "--dry-run")["rows"] == 2
    assert not Statement.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("end", [b"L2", "业务类型".encode("gbk")])
def test_reconcile_says_why_a_file_is_refused(bill, end):
    data = bill.read_bytes()
    bill.write_bytes(data[: data.index(end) + 3])
    out = StringIO()
    with pytest.raises(SystemExit) as caught:
        call_command("reconcile", "--file", str(bill), "--source", "alipay", stdout=out)

    assert caught.value.code == 1
    assert json.loads(out.getvalue())["error"]["code"] == "truncated"
    assert not Statement.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("extra", [["--shop", "taobao/none"], ["--shop", "none"], ["--column", "order"]])
def test_reconcile_wrong_usage(bill, extra):
    with pytest.raises(CommandError) as caught:
        command("reconcile", "--file", str(bill), "--source", "alipay", *extra)
    assert caught.value.returncode == 2


@pytest.mark.django_db
def test_reconcile_without_a_file_says_so(tmp_path):
    with pytest.raises(CommandError) as caught:
        command("reconcile", "--file", str(tmp_path / "none.csv"), "--source", "alipay")
    assert caught.value.returncode == 2
