"""Fix once: what a person said of a doubtful address is remembered and said again of every order written like it.

Undoing is as whole as doing: the orders that a rule settled and that have not left ask their question again.
"""

import uuid
from collections.abc import Callable, Iterable
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from catalog.models import Shop
from core import clock
from core.context import current
from core.doorbell import ring
from core.errors import OneRopeError
from core.events import EventType
from core.services import audit, vault
from oms.domain import events as e
from oms.domain.address import TABLE_VERSION
from oms.domain.address.pattern import REMEMBERED, is_place
from oms.domain.address.table import Place, table
from oms.domain.order import Order
from oms.models import AddressRule
from oms.services.recheck import recheck
from oms.services.store import Changes

BATCH = 500
Move = tuple[Order, Place, dict[str, Any]]  # an order, where it goes, what else its header says then
# Orders that wait for their address and are written like one somebody has answered; a shop's own answer comes first.
ANSWERED = """
    FROM oms_order o
    JOIN oms_hold h ON h.order_id = o.id AND h.reason = 'address' AND h.released_at IS NULL
    JOIN oms_addressrule r ON r.pattern = o.address_pattern AND r.forgotten_at IS NULL
                          AND (r.shop_id = o.shop_id OR r.shop_id IS NULL)
   WHERE o.address_pattern <> '' AND o.address_status = 'review'"""

# Orders that stand by an answer somebody has withdrawn since, and have not left.
WITHDRAWN = """
    FROM oms_order o JOIN oms_addressrule r ON r.id = o.address_rule_id AND r.forgotten_at IS NOT NULL
   WHERE o.status NOT IN ('shipped', 'completed', 'cancelled')"""


def known(shop_ids: Iterable[int], patterns: Iterable[str]) -> dict[tuple[int, str], AddressRule]:
    """The rule in force per (shop, pattern), in one query; no query when nothing is asked."""
    shops, wanted = set(shop_ids), set(patterns) - {""}
    found: dict[tuple[int, str], AddressRule] = {}
    if not wanted:
        return found
    rules = list(AddressRule.objects.filter(pattern__in=wanted, forgotten_at=None))
    for rule in sorted(rules, key=lambda rule: rule.shop_id is not None):
        for shop_id in [rule.shop_id] if rule.shop_id is not None else shops:
            found[shop_id, rule.pattern] = rule
    return found


def remember(order: Order, code: str, *, everywhere: bool) -> AddressRule | None:
    """Keep the answer for orders written like this one (before it is corrected); None when nothing can be kept:
    the order's address was never in doubt, or the answer is no district."""
    header = order.header
    if not header["address_pattern"] or not is_place(code):
        return None
    shop = None if everywhere else Shop.objects.get(pk=header["shop_id"])
    same = AddressRule.objects.filter(pattern=header["address_pattern"], shop=shop, forgotten_at=None)
    same.exclude(code=code).update(forgotten_at=clock.now())  # the other answer was wrong: its orders ask again
    rule, _created = same.get_or_create(
        pattern=header["address_pattern"], shop=shop, code=code, forgotten_at=None,
        defaults={"wrote": header["address_wrote"], "made_by": current().actor},
    )  # fmt: skip
    told = {"wrote": rule.wrote, "code": code, "table_version": TABLE_VERSION}
    audit.record("address.remember", f"oms.addressrule:{rule.pk}", after=told)
    return rule


def confirm(order_ids: Iterable[int], note: str) -> None:
    """A person says that the machine's guess is right about orders that wait for their address.

    Raises OneRopeError (`no_guess`) for one about which nothing certain enough was guessed.
    """
    with transaction.atomic():
        changes = Changes()
        opened = [o for o in changes.open(sorted(set(order_ids))).values() if o.header["address_status"] == "review"]
        if any(not is_place(order.header["address_guess"]) for order in opened):
            raise OneRopeError(_("There is no guess to confirm: correct the address."), code="no_guess")
        guesses = [(order, table().place(order.header["address_guess"])) for order in opened]
        _move(changes, e.ADDRESS_FIXED, [(order, place, {"address_status": "fixed"}) for order, place in guesses])
        for order in opened:
            audit.record("order.confirm_address", f"oms.order:{order.id}", reason=note)
        recheck(changes, opened)
        changes.save()
        ring("oms.tasks.allocate")


def forget(rule_id: int) -> int:
    """Withdraw an answer: orders it settled that have not left go back to the machine's guess and ask again. Returns
    how many; a rule that is forgotten already changes nothing."""
    with transaction.atomic():
        if not AddressRule.objects.filter(pk=rule_id, forgotten_at=None).update(forgotten_at=clock.now()):
            return 0
        audit.record("address.forget", f"oms.addressrule:{rule_id}")
    return _all(reopen_some)


def catch_up() -> int:
    """Bring every order in line with what is remembered now; returns how many were settled."""
    _all(reopen_some)
    return _all(settle_some)


def _all(step: Callable[[], int]) -> int:
    return sum(iter(step, 0))


def settle_some() -> int:
    """Say what is remembered of up to BATCH orders that wait; returns how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT ON (o.id) o.id, r.id, r.code {ANSWERED} ORDER BY o.id, r.shop_id NULLS LAST LIMIT %s",
                [BATCH],
            )
            answers = {row[0]: (row[1], row[2]) for row in cursor.fetchall()}
        if not answers:
            return 0
        changes = Changes()
        opened = changes.open(answers).values()
        moves = [_settled(order, *answers[order.id]) for order in opened if order.header["address_status"] == "review"]
        _move(changes, e.ADDRESS_SETTLED, moves)
        recheck(changes, opened)
        changes.save()
        ring("oms.tasks.allocate")
    return len(answers)


def reopen_some() -> int:
    """Take back up to BATCH addresses whose answer was withdrawn; returns how many."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT o.id {WITHDRAWN} ORDER BY o.id LIMIT %s", [BATCH])
            ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        changes = Changes()
        opened = changes.open(ids).values()
        _move(changes, e.ADDRESS_REOPENED, [_reopened(order) for order in opened if order.header["address_rule_id"]])
        recheck(changes, opened)
        changes.save()
    return len(ids)


def _settled(order: Order, rule_id: int, code: str) -> Move:
    reasons = [REMEMBERED, *order.header["address_reasons"]]
    return (
        order,
        table().place(code),
        {"address_status": "auto", "address_rule_id": rule_id, "address_reasons": reasons},
    )


def _reopened(order: Order) -> Move:
    guess = order.header["address_guess"]  # the table may have changed since
    reasons = [why for why in order.header["address_reasons"] if why != REMEMBERED]
    return (
        order,
        table().place(guess) if guess in table().places else Place("", ""),
        {"address_status": "review", "address_rule_id": None, "address_reasons": reasons},
    )


def _move(changes: Changes, event: EventType, moves: list[Move]) -> None:
    """Put orders into other places: their header, and the sealed receiver that labels are made of."""
    plain = vault.unseal(uuid.UUID(order.header["receiver_id"]) for order, _place, _told in moves)
    opened = [(order, place, plain.get(uuid.UUID(order.header["receiver_id"]))) for order, place, _ in moves]
    kept = [(order, {**data, **_region(place)}) for order, place, data in opened if data is not None]
    sealed = vault.seal((data, [order.header["phone_key"], order.header["receiver_key"]]) for order, data in kept)
    receivers = {order.id: str(record_id) for (order, _plain), record_id in zip(kept, sealed, strict=True)}
    for order, place, told in moves:
        receiver_id = receivers.get(order.id, order.header["receiver_id"])  # a shredded one is gone for good
        columns = {**_region(place), "district_code": place.code, "receiver_id": receiver_id}
        changes.add(order, event, {**columns, **told})


def _region(place: Place) -> dict[str, str]:
    return {"province": place.province, "city": place.city, "district": place.district}
