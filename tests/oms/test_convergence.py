"""Every message about an order, in any order, any number of times, in batches of any size: always the same end."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.models import Shop, ShopWarehouse, Sku
from core.services import replay
from inventory.models import Reservation
from oms.domain.canonical import CanonicalRefund, HoldCode, LineRefund, OrderState, RefundKind, RefundStatus
from oms.models import Order
from oms.services.intake import Incoming, OrderUnknown, capture
from tests.oms.trade import AT, RECEIVER

ELSEWHERE = replace(RECEIVER, district="福田区", detail="深南大道 9 号", phone="13900139000")
PATIENCE = 20  # rounds a refund may wait for its order


def pay(order, arg):
    return replace(order, state=OrderState.PAID, paid_minor=total(order), shippable=True, paid_at=AT, hold_code="")


def move(order, arg):
    return replace(order, receiver=ELSEWHERE if arg % 2 else RECEIVER)


def resize(order, arg):
    lines = [replace(line, qty=1 + arg % 3, net_minor=100 * (1 + arg % 3)) for line in order.lines[:1]]
    return replace(order, lines=(*lines, *order.lines[1:]))


def add_or_drop(order, arg):
    extra = replace(order.lines[0], line_id="9", sku="B", title="B", qty=1 + arg % 2, net_minor=500)
    kept = tuple(line for line in order.lines if line.line_id != "9")
    return replace(order, lines=kept if len(kept) < len(order.lines) else (*kept, extra))


def write(order, arg):
    return replace(order, seller_note="急" if arg % 2 else "", buyer_note="" if arg % 3 else "送人")


def flag(order, arg):
    return replace(order, seller_flag=arg % 3)


def dispute(order, arg):
    refund = [LineRefund.REQUESTED, LineRefund.NONE, LineRefund.REFUNDED][arg % 3]
    return replace(order, lines=(replace(order.lines[0], refund=refund), *order.lines[1:]))


def lock(order, arg):
    held = arg % 2 and order.state is OrderState.PAID
    return replace(order, shippable=not held and order.shippable, hold_code=HoldCode.PLATFORM_HOLD if held else "")


def cancel(order, arg):
    return replace(order, state=OrderState.CANCELLED, shippable=False, hold_code=HoldCode.CANCELLED)


def total(order):
    return sum(line.net_minor for line in order.lines)


CHANGES = [pay, move, resize, add_or_drop, write, flag, dispute, lock, cancel]


def steps(changes):
    return st.lists(st.tuples(st.sampled_from(changes), st.integers(0, 5), st.integers(0, 1)), min_size=1, max_size=7)


asks = st.lists(
    st.tuples(st.sampled_from(["R1", "R2"]), st.sampled_from(RefundStatus), st.integers(0, 3), st.integers(0, 1)),
    max_size=4,
)


def versions(trade, changes):
    """The order as made, and as it stands after each change; some happen in the same second as the one before."""
    made = trade.order("X", ("A", 1, 100), ("C", 2, 300), state=OrderState.PENDING, paid_minor=0, shippable=False)
    told, minutes = [replace(made, paid_at=None)], 0
    for change, arg, later in changes:
        minutes += later
        told.append(replace(change(told[-1], arg), modified_at=AT + timedelta(minutes=minutes)))
    return told


def refunds(asked):
    told, minutes = [], 0
    for number, status, units, later in asked:
        minutes += later
        told.append(
            CanonicalRefund(
                "taobao", number, "X", "2" if number == "R1" else "1", RefundKind.REFUND_ONLY, status, 100 * units,
                "CNY", qty=units, modified_at=AT + timedelta(minutes=minutes),
            )
        )  # fmt: skip
    return told


def shops(trade):
    """Two shops alike, so that one order can have two histories; and plenty of everything."""
    if not Sku.objects.exists():
        for code in "ABC":
            trade.sku(code, near=100_000)
        twin = Shop.objects.create(platform="taobao", code="s2", name="s2")
        for house in (trade.near, trade.far):
            ShopWarehouse.objects.create(shop=twin, warehouse=house, priority=1)
    return Shop.objects.order_by("id")


def tell(trade, shop, messages, sizes, busy):
    """All messages in batches of `sizes` in turn; a batch with a refund that has no order yet is taken one by one and
    the refund comes again, as the inbox does it. `busy`: stock is locked between the batches too."""
    waiting = list(messages)
    for turn in range(PATIENCE * len(messages)):
        if not waiting:
            break
        size = sizes[turn % len(sizes)]
        batch, waiting = waiting[:size], waiting[size:]
        try:
            capture([Incoming(shop.pk, message) for message in batch])
        except OrderUnknown:
            waiting += [message for message in batch if not _took(shop, message)]
        if busy:
            trade.allocate()
    assert not waiting
    trade.allocate()


def _took(shop, message):
    try:
        capture([Incoming(shop.pk, message)])
    except OrderUnknown:
        return False
    return True


def end(shop, number):
    """All that the order has come to, apart from what tells only when and in how many steps."""
    row = Order.objects.get(shop=shop, order_no=number)
    facts = ["status", "pay_state", "paid_minor", "freight_minor", "refunded_minor", "platform_modified_at", "paid_at"]
    facts += ["receiver_key", "district", "address_masked", "buyer_note", "seller_note", "seller_flag", "shippable"]
    facts += ["platform_hold", "allocatable", "cancel_reason"]
    lines = row.lines.filter(current=True).order_by("line_id")
    held = Reservation.objects.filter(state="pending", group__in=row.suborders.values("id"))
    units = {}
    for reservation in held:
        units[reservation.sku_id] = units.get(reservation.sku_id, 0) + reservation.qty
    return {
        **{name: getattr(row, name) for name in facts},
        "lines": list(lines.values_list("line_id", "qty", "net_minor", "refund", "sku_id")),
        "holds": sorted(row.holds.filter(released_at=None).values_list("reason", "detail")),
        "refunds": sorted(row.refunds.values_list("refund_no", "status", "amount_minor", "qty")),
        # what was locked before an order was held stays locked, and what was not waits: so much may differ
        "units": {sku: qty for sku, qty in units.items() if qty} if row.status != "held" else None,
    }


def check(trade, changes, asked, data, busy):
    first, second = shops(trade)
    number = f"X{Order.objects.count()}"
    messages = [replace(made, order_no=number) for made in (*versions(trade, changes), *refunds(asked))]
    copies = data.draw(st.lists(st.sampled_from(range(len(messages))), max_size=4), label="copies")
    mixed = data.draw(st.permutations([*range(len(messages)), *copies]), label="arrival")
    sizes = data.draw(st.lists(st.integers(1, 5), min_size=1, max_size=4), label="batches")

    tell(trade, first, messages, [1], busy)
    tell(trade, second, [messages[index] for index in mixed], sizes, busy)

    assert end(second, number) == end(first, number)


shared = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=50,
    deadline=None,
)


@shared
@given(changes=steps(CHANGES), asked=asks, data=st.data())
def test_messages_in_any_order_and_any_number_of_copies_end_the_same(trade, changes, asked, data):
    check(trade, changes, asked, data, busy=False)


@shared
@given(changes=steps([change for change in CHANGES if change is not lock]), asked=asks, data=st.data())
def test_and_so_they_do_while_stock_is_being_locked(trade, changes, asked, data):
    """Without the platform's lock: an order that it catches with stock in hand is held, one without only waits."""
    check(trade, changes, asked, data, busy=True)


def test_what_was_told_in_any_order_replays_to_what_is_stored(trade):
    trade.sku("A", near=5)
    told = versions(trade, [(pay, 0, 1), (move, 1, 1), (cancel, 0, 1)])
    trade.take(*reversed(told))
    trade.take(*told)
    assert replay.verify().ok
