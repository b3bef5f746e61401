"""Third-party samples, where this checkout has them beside it."""

from pathlib import Path

import pytest

from finance.domain.bills import BillError, read_bill

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "payloads" / "bills"
# rows, in, out; a text is the code of a refusal
EXPECTED = {
    "alipay_merchant_fund_2012.gbk.csv": (3, 377800, 0),
    "alipay_merchant_fund_2012.utf8.csv": (3, 377800, 0),
    "alipay_personal_2023.gbk.csv": "personal_statement",
    "alipay_taobao_T200P_SYNTHETIC.gbk.csv": (1, 316256, 0),
    "jd_personal_2024.csv": "personal_statement",
    "wechat_merchant_v2_ALL_2015.csv": (2, 2, 0),
    "wechat_merchant_v3_ALL_2021.csv": (3, 3, 0),
    "wechat_personal_2019.csv": "personal_statement",
}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.csv")), ids=lambda path: path.name)
def test_sample_is_read_or_clearly_refused(path):
    data, source = path.read_bytes(), path.name.partition("_")[0]
    expected = EXPECTED.get(path.name)
    if isinstance(expected, str):
        with pytest.raises(BillError) as caught:
            read_bill(data, source, name=path.name)
        assert caught.value.code == expected
        return
    bill = read_bill(data, source, name=path.name)
    lines = list(bill.lines())
    assert lines
    if expected:
        assert (bill.rows, sum(x.in_minor for x in lines), sum(x.out_minor for x in lines)) == expected
    if "2012" in path.name:  # the sample keeps 3 of its 18 rows
        assert bill.warnings == ["totals_mismatch: 收入 14989.00 ≠ 3778.00"]
