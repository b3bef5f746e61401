"""What a bill's own words for a line mean. Pure."""

from finance.domain.bills.line import Kind

# First match wins: 退费 before 费, 提现手续费 is a fee and no withdrawal, 运费险 is insurance and no freight.
_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.FEE_REFUND, ("退费", "返还手续费", "手续费退", "退服务费", "返佣", "佣金退", "fee refund", "fee_refund")),
    (Kind.FEE, ("手续费", "服务费", "佣金", "收费", "积分", "运费险", "保险", "扣费", "技术服务", "赔付", "commission",
                "fee")),
    (Kind.FREIGHT, ("运费", "物流", "快递", "菜鸟", "邮费", "freight", "postage")),
    (Kind.DISCOUNT, ("优惠券", "满减", "补贴", "红包", "discount", "coupon")),
    (Kind.REFUND, ("退款", "退货", "撤销", "refund", "chargeback", "dispute")),
    (Kind.WITHDRAWAL, ("提现", "withdraw", "payout")),
    (Kind.TRANSFER, ("转账", "充值", "划转", "transfer", "adjustment")),
    (Kind.PAYMENT, ("货款", "在线支付", "交易付款", "付款", "支付", "交易", "收款", "销售", "订单",
                    "payment", "charge", "sale", "capture", "order")),
)  # fmt: skip


def kind_of(words: str) -> Kind | None:
    """The kind that `words` speak of, None when they say nothing we know."""
    lowered = words.lower()
    return next((kind for kind, keys in _WORDS if any(key in lowered for key in keys)), None)


def directed(kind: Kind | None, in_minor: int, out_minor: int) -> Kind:
    """The kind, mended by where the money went: a fee that comes in is a fee given back, a payment cannot go out."""
    if kind is Kind.FEE and in_minor > out_minor:
        return Kind.FEE_REFUND
    if kind is Kind.FEE_REFUND and out_minor > in_minor:
        return Kind.FEE
    if kind is Kind.PAYMENT and out_minor > in_minor:
        return Kind.OTHER
    return kind or Kind.OTHER
