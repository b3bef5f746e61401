"""The carriers behind one door: `fulfillment.ports.CarrierGateway` over HTTP."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from importlib import import_module

import requests

from core import clock
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, WaybillGrant, WaybillRequest
from integrations.carriers import accounts
from integrations.carriers.waybills.office import Account, Answer, Office
from integrations.http import Call, NoReply, Reply, send

OFFICES = {key: f"integrations.carriers.waybills.{key}" for key in ("sf", "cainiao", "generic")}
_AT_ONCE = 6  # calls in flight: carriers limit callers, and a worker has its own share of the machine
_BUDGET = 30.0  # seconds for one batch, well inside the task's time limit
_kept = threading.local()

Asked = tuple[int, WaybillRequest]


@cache
def office(key: str) -> Office:
    """The family `key`; raises KeyError for one that does not exist."""
    found = import_module(OFFICES[key]).OFFICE
    if not isinstance(found, Office):
        raise TypeError(f"{OFFICES[key]}.OFFICE is no Office")
    return found


class HttpGateway:
    """Order is kept, one bad request spoils no other, and nothing here raises for what a carrier does.

    A carrier without an account refuses with `no_account`. What is still waiting when the time for the batch is up
    was not sent and comes back as CarrierUnknown, whose look-up then says so.
    """

    def request(self, wanted: Sequence[WaybillRequest]) -> list[Answer]:
        """Ask for a number for each."""
        return _spread(wanted, _in_batches(wanted), _ask)

    def find(self, wanted: Sequence[WaybillRequest]) -> list[Answer]:
        """What became of each reference; CarrierRefusal `not_found` for one that never arrived."""
        return _spread(wanted, ([(index, one)] for index, one in enumerate(wanted)), _find)

    def cancel(self, grants: Sequence[WaybillGrant]) -> list[CarrierRefusal | CarrierUnknown | None]:
        """Give numbers back; None where that is done."""
        return [_withdraw(grant) for grant in grants]


def request_waybills(wanted: Sequence[WaybillRequest]) -> list[Answer]:
    """Ask for a number for each of `wanted`; see HttpGateway."""
    return HttpGateway().request(wanted)


def _in_batches(wanted: Sequence[WaybillRequest]) -> Iterable[list[Asked]]:
    """As many as one call may carry, of one carrier and one sender."""
    groups: dict[object, list[Asked]] = {}
    for index, request in enumerate(wanted):
        groups.setdefault((request.carrier, request.sender), []).append((index, request))
    for group in groups.values():
        contract = accounts.account(group[0][1].carrier)
        size = office(contract.office).batch if contract else len(group)
        yield from (group[at : at + size] for at in range(0, len(group), size))


def _spread(
    wanted: Sequence[WaybillRequest],
    batches: Iterable[list[Asked]],
    work: Callable[[Sequence[WaybillRequest], Account, datetime], list[Answer]],
) -> list[Answer]:
    """Run the batches a few at a time and put their answers back in order."""
    until, now = time.monotonic() + _BUDGET, clock.now()
    answers: list[Answer] = [CarrierUnknown("not asked") for _ in wanted]

    def run(batch: list[Asked]) -> None:
        asked = [request for _index, request in batch]
        contract = accounts.account(asked[0].carrier)
        if contract is None:
            got: list[Answer] = [CarrierRefusal("no_account", f"no contract with {asked[0].carrier}")] * len(asked)
        elif time.monotonic() > until:
            got = [CarrierUnknown("the time for this batch was up before it was sent")] * len(asked)
        else:
            got = work(asked, contract, now)
        for (index, _request), answer in zip(batch, got, strict=True):
            answers[index] = answer

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="waybills") as pool:
        for done in [pool.submit(run, batch) for batch in batches]:
            done.result()
    return answers


def _ask(asked: Sequence[WaybillRequest], contract: Account, now: datetime) -> list[Answer]:
    family = office(contract.office)
    reply = _reply(contract, family.ask(asked, contract, now))
    if isinstance(reply, CarrierUnknown):
        return [reply] * len(asked)
    answers = family.granted(asked, reply)
    if len(asked) > 1 and all(isinstance(answer, CarrierRefusal) for answer in answers):
        # The whole call was refused, perhaps for one parcel's sake: the same references, each alone, tell which.
        return [answer for one in asked for answer in _ask([one], contract, now)]
    return answers


def _find(asked: Sequence[WaybillRequest], contract: Account, now: datetime) -> list[Answer]:
    family = office(contract.office)
    reply = _reply(contract, family.look_up(asked[0], contract, now))
    return [reply if isinstance(reply, CarrierUnknown) else family.found(asked[0], reply)]


def _withdraw(grant: WaybillGrant) -> CarrierRefusal | CarrierUnknown | None:
    contract = accounts.account(grant.carrier)
    if contract is None:
        return CarrierRefusal("no_account", f"no contract with {grant.carrier}")
    family = office(contract.office)
    reply = _reply(contract, family.withdraw(grant, contract, clock.now()))
    return reply if isinstance(reply, CarrierUnknown) else family.withdrawn(grant, reply)


def _reply(contract: Account, call: Call) -> Reply | CarrierUnknown:
    try:
        return send(contract.base_url, call, _session())
    except NoReply as exc:
        return CarrierUnknown(str(exc))


def _session() -> requests.Session:
    """One per thread: sessions keep connections open but are not made for sharing."""
    if not hasattr(_kept, "session"):
        _kept.session = requests.Session()
    session: requests.Session = _kept.session
    return session
