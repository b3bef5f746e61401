"""What a family of waybill interfaces must know how to do, as one record of pure functions.

The meaning of an answer decides what happens next, so every function here sorts it into one of three:
a WaybillGrant; a CarrierRefusal, which is final and tells a person what to mend; or a CarrierUnknown, after which the
same reference is looked up before anything is asked again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.errors import Unreadable
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant, WaybillRequest
from integrations.channels import reading
from integrations.channels.fields import Row, mapping
from integrations.http import Call, Reply

Answer = WaybillGrant | CarrierRefusal | CarrierUnknown

NOT_FOUND = "not_found"  # the code of a CarrierRefusal that says: this reference never arrived
_BUSY = (408, 425, 429)


@dataclass(frozen=True, slots=True)
class Account:
    """Our contract with a carrier: where to call, who we are, what signs, and what is paid with."""

    office: str
    base_url: str
    partner: str = ""  # 丰桥 partnerID, TOP app_key
    secret: str = ""  # 丰桥 checkWord, TOP app secret
    token: str = ""  # TOP session
    card: str = ""  # 顺丰 monthly settlement card
    template: str = ""  # 菜鸟 template_url


@dataclass(frozen=True, slots=True)
class Office:
    """One family.

    batch: how many requests one call may carry; they share carrier and sender.
    ask / granted: request numbers, and what the answer means for each, in order.
    look_up / found: ask what became of one reference; a reference that never arrived is CarrierRefusal `not_found`.
    withdraw / withdrawn: give a number back; None when it is done (also when it was done before).
    """

    key: str
    batch: int
    ask: Callable[[Sequence[WaybillRequest], Account, datetime], Call]
    granted: Callable[[Sequence[WaybillRequest], Reply], list[Answer]]
    look_up: Callable[[WaybillRequest, Account, datetime], Call]
    found: Callable[[WaybillRequest, Reply], Answer]
    withdraw: Callable[[WaybillGrant, Account, datetime], Call]
    withdrawn: Callable[[WaybillGrant, Reply], CarrierRefusal | CarrierUnknown | None]


def said(reply: Reply) -> Row:
    """The JSON object of an answer; raises CarrierUnknown when the server failed or sent something else."""
    if reply.status >= 500 or reply.status in _BUSY:
        raise CarrierUnknown(f"HTTP {reply.status}")
    try:
        return mapping(reading.parse(reply.body).value)
    except Unreadable as exc:
        raise CarrierUnknown(f"HTTP {reply.status} with an unreadable body: {exc.code}") from exc
