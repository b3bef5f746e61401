"""1 M bill lines from file to typed differences; the floor is an ORM loop over rows, timed beside it on a sample.

Run on a throwaway database: `make bench NAME=reconcile`. It fills tables and empties them again.
"""

import argparse
import json
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from finance.domain.bills import BillLine, read_bill  # noqa: E402
from finance.models import Difference, Receivable, Statement, StatementLine  # noqa: E402
from finance.services.statements import import_statement  # noqa: E402

HEADER = (
    "#支付宝账务明细查询\n#账号：[20880000000000000156]\n"
    "#起始日期：[2026年08月01日 00:00:00]   终止日期：[2026年09月01日 00:00:00]\n"
    "#-----------------------------------------账务明细列表----------------------------------------\n"
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注\n"
)
FIRST_ORDER = 5120803000000000000
# Every this many orders one fault of each kind.
FAULT_EVERY = 1000
EXPECTED_CAUSE = {
    "missing": "timing",
    "extra": "platform_only",
    "one_fen": "rounding",
    "amount": "amount_mismatch",
    "copy": "duplicate",
}

_FILL = """
INSERT INTO oms_order (platform, shop_id, order_no, {columns})
SELECT 'taobao', %(shop)s, (%(first)s + n)::text, {values} FROM generate_series(1, %(orders)s) n;
INSERT INTO finance_receivable (order_id, platform, shop_id, order_no, currency, paid_minor, refunded_minor,
       goods_minor, shipped_minor, paid_at, booked_sale_minor, booked_refund_minor, booked_revenue_minor)
SELECT id, platform, shop_id, order_no, 'CNY', 1000 + id %% 90000, 0, 0, 0, '2026-08-10 04:00+08', 0, 0, 0
  FROM oms_order
"""


def fill(orders: int) -> list[tuple[str, int]]:
    """`orders` receivables; returns their numbers and amounts."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO catalog_shop (platform, code, name, currency, ship_within_hours, is_active)"
                       " VALUES ('taobao', 'bench', 'bench', 'CNY', 48, true) RETURNING id")  # fmt: skip
        shop = cursor.fetchone()[0]
        columns, values = _blank_order()
        cursor.execute(
            _FILL.format(columns=columns, values=values), {"shop": shop, "first": FIRST_ORDER, "orders": orders}
        )
        cursor.execute("ANALYZE finance_receivable")
    return list(Receivable.objects.order_by("order_id").values_list("order_no", "paid_minor"))


def _blank_order() -> tuple[str, str]:
    """An order's other columns with a value each that its type accepts."""
    given = {"id", "platform", "shop_id", "order_no"}
    blank = {"integer": "0", "smallint": "0", "bigint": "0", "boolean": "false", "ARRAY": "'{}'", "jsonb": "'{}'",
             "timestamp with time zone": "now()"}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns"
            " WHERE table_name = 'oms_order' AND is_nullable = 'NO'"
        )
        needed = [(name, blank.get(kind, "''")) for name, kind in cursor.fetchall() if name not in given]
    return ", ".join(name for name, _value in needed), ", ".join(value for _name, value in needed)


def make_bill(orders: list[tuple[str, int]], seed: int) -> tuple[bytes, Counter[str]]:
    """A bill of these orders with known faults in it; what was injected, by kind."""
    rng, injected = random.Random(seed), Counter[str]()
    rows = []
    faulty = set(rng.sample(range(len(orders)), len(orders) // FAULT_EVERY * len(EXPECTED_CAUSE)))
    start = datetime(2026, 8, 1)  # noqa: DTZ001 -- the text of a bill
    for n, (order_no, amount) in enumerate(orders):
        fault = list(EXPECTED_CAUSE)[n % len(EXPECTED_CAUSE)] if n in faulty else ""
        injected[fault] += 1
        at = start + timedelta(seconds=n)
        if fault == "missing":
            continue
        amount += {"one_fen": 1, "amount": -7}.get(fault, 0)
        rows.append(_row(n, f"T200P{order_no}", amount, at))
        if fault == "copy":
            rows.append(_row(n, f"T200P{order_no}", amount, at, prefix="9"))
        elif fault == "extra":
            rows.append(_row(n, f"T200P9{order_no[1:]}", amount, at, prefix="8"))
    del injected[""]
    return (HEADER + "".join(rows)).encode("gb18030"), injected


def _row(number: int, order: str, amount: int, at: datetime, prefix: str = "5") -> str:
    return (
        f"{prefix}{number:013d}\t,20260801{number:08d}\t,{order}\t,全棉四件套\t,{at:%Y-%m-%d %H:%M:%S}\t,"
        f"买* (b***@x.cn)\t,{amount // 100}.{amount % 100:02d},0.00,10000.00,支付宝,交易付款,\n"
    )


def ours(data: bytes) -> float:
    """Seconds from the file's bytes to committed differences."""
    started = time.perf_counter()
    import_statement(data, "alipay", name="bench.csv")
    return time.perf_counter() - started


def row_loop(data: bytes, limit: int) -> float:
    """Seconds per line of the loop one writes first: read a line, look its order up, compare, save a row."""
    lines: Iterator[BillLine] = read_bill(data, "alipay").lines()
    started, count = time.perf_counter(), 0
    with transaction.atomic():
        statement = Statement.objects.create(source="alipay", layout="alipay_fund", sha256="0" * 64)
        for line in lines:
            receivable = Receivable.objects.filter(order_no=line.order_ref).first()
            cause = "platform_only" if receivable is None else "amount_mismatch"
            if receivable is not None and receivable.paid_minor == line.in_minor:
                cause = "matched"
            StatementLine.objects.create(
                statement=statement, row_no=line.row_no, key=line.line_id, kind=line.kind, occurred_at=line.occurred_at,
                order_ref=line.order_ref, trade_no=line.trade_no, in_minor=line.in_minor, out_minor=line.out_minor,
                currency=line.currency, text=line.text, cause=cause, order_id=receivable.pk if receivable else None,
            )  # fmt: skip
            count += 1
            if count == limit:
                break
        transaction.set_rollback(True)
    return (time.perf_counter() - started) / count


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE finance_statement, finance_statementline, finance_difference, finance_repeatedline,"
                       " finance_journalentry, finance_posting, core_event, core_delivery CASCADE")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--sample", type=int, default=2000, help="lines of the row loop, per repeat")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    call_command("migrate", verbosity=0)
    data, injected = make_bill(fill(args.lines), seed=1)
    seconds, loop, found = [], [], Counter[str]()
    for _ in range(args.repeat):
        empty()
        loop.append(row_loop(data, args.sample))
        seconds.append(ours(data))
        found = Counter(Difference.objects.values_list("cause", flat=True))
    value, floor = statistics.median(seconds), statistics.median(loop) * args.lines
    expected = {EXPECTED_CAUSE[fault]: count for fault, count in injected.items()}
    detail = {
        "lines": args.lines, "lines_per_s": round(args.lines / value), "bytes": len(data),
        "seconds": [round(s, 2) for s in seconds], "loop_lines_per_s": round(1 / statistics.median(loop)),
        "injected": sum(injected.values()), "expected": expected, "found": dict(found),
        "exact": dict(found) == expected,
    }  # fmt: skip
    print(
        json.dumps(
            {
                "name": "reconcile", "value": round(value, 2), "unit": f"s per {args.lines} lines",
                "floor": round(floor, 1), "floor_unit": f"s per {args.lines} lines, ORM row loop",
                "ratio": round(floor / value, 1), "detail": detail,
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
