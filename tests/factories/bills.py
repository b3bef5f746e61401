"""Bills in the platforms' own formats, made up."""

import csv
import io
import zipfile
from datetime import datetime

FUND_HEADER = (
    "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,"
    "交易渠道,业务类型,备注"
)


def yuan(minor):
    return f"{minor // 100}.{minor % 100:02d}"


def fund_row(
    line_id, order="", into=0, out=0, kind="在线支付", at="2026-08-02 14:49:39", note="", name="商品", trade=None
):
    trade = f"B{line_id}" if trade is None else trade
    cells = [f"{line_id}\t", f"{trade}\t", f"{order}\t", f"{name}\t", at, "买*(b***@x.cn)\t", yuan(into), yuan(out),
             "0.00", "支付宝", kind, note]  # fmt: skip
    return ",".join(cells)


def alipay_fund(
    rows, *, footer=None, start="2026年08月02日 00:00:00", end="2026年08月03日 00:00:00", header=FUND_HEADER
):
    lines = [
        "#支付宝账务明细查询",
        "#账号：[20880000000000000156]",
        f"#起始日期：[{start}]   终止日期：[{end}]",
        "#-----------------------------------------账务明细列表----------------------------------------",
        header,
        *rows,
        "#----------------------------------------账务明细列表结束-------------------------------------",
        *(footer or []),
        "#导出时间：[2026年08月04日 13:19:01]",
    ]
    return ("\r\n".join(lines) + "\r\n").encode("gbk")


class _GbkName(zipfile.ZipInfo):
    """Names as Alipay writes them: GBK bytes, and no flag that says so."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def gbk_zip(members):
    """An archive of `(name, bytes)`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(_GbkName(name), content)
    return buffer.getvalue()


WECHAT_V3_HEADER = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)


def wechat_row(trade, order, *, paid=0, due=None, refund_no="0", refunded=0, state="SUCCESS", fee="0.00000", name="货",
               at="2026-08-02 17:07:11"):  # fmt: skip
    due = paid if due is None else due
    cells = [
        at, "wx1", "160", "0", "", trade, order, "o1", "NATIVE", state, "OTHERS", "CNY", yuan(due), "0.00",
        refund_no, "0", yuan(refunded), "0.00", "", "", name, "", fee, "0.60%", yuan(paid), yuan(refunded), "",
    ]  # fmt: skip
    return ",".join(f"`{cell}" for cell in cells)


def wechat_v3(rows, totals=None):
    head = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
    foot = [head, ",".join(f"`{cell}" for cell in totals)] if totals else []
    return ("\ufeff" + "\r\n".join([WECHAT_V3_HEADER, *rows, *foot]) + "\r\n").encode("utf-8")


JD_HEADER = [
    "订单编号", "单据编号", "单据类型", "商品编号", "商户订单号", "商品名称", "结算状态", "费用发生时间",
    "费用计费时间", "费用结算时间", "费用项", "金额", "币种", "商家应收/应付", "钱包结算备注", "店铺号",
    "收支方向", "商品数量", "账单日期",
]  # fmt: skip


def jd_settlement(rows, encoding="gbk"):
    """`rows`: (order, paper, item, amount text, 应收/应付)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(JD_HEADER)
    for order, paper, item, amount, due in rows:
        at = "2026-08-02 10:00:00"
        writer.writerow([
            f'="{order}"', f'="{paper}"', "订单", '="100"', "", "手机, 黑", "已结算", at, at, at, item, amount,
            "人民币", due, "", "1", "", "1", "2026-08-05",
        ])  # fmt: skip
    return out.getvalue().encode(encoding)


def xlsx(rows):
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                sheet.write_datetime(at, column, value, book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))
            else:
                sheet.write(at, column, value)
    book.close()
    return buffer.getvalue()
