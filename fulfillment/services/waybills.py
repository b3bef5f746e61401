"""Step 6a: get a number. Intent row → commit → call → record; an unknown outcome is asked about, not repeated."""

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from catalog.models import Warehouse
from core import clock
from core.errors import Conflict
from core.services.bisect import run_bisecting
from fulfillment.domain import events as e
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, Party, WaybillGrant, WaybillRequest
from fulfillment.domain.parcel import HERE
from fulfillment.domain.waybill import LIVE, UNANSWERED, WaybillState, may_move
from fulfillment.models import Parcel, ParcelShare, Waybill
from fulfillment.ports import Answer, gateway
from fulfillment.selectors import labels
from fulfillment.selectors.labels import Facts
from fulfillment.services import carriers
from fulfillment.services.parcels import ParcelChanges, void_numbers
from oms.domain.status import Step
from oms.selectors.pool import not_held, receivers

log = logging.getLogger(__name__)

BATCH = 100
ABANDONED = timedelta(minutes=2)  # an intent this old has lost its worker: a batch of calls takes 30 s at most


def needing_number(limit: int = BATCH) -> list[int]:
    """Open or packed parcels of orders that nobody holds, without a live waybill, that nobody has refused."""
    asked = Waybill.objects.filter(state__in=[*LIVE, WaybillState.REFUSED])
    held = ParcelShare.objects.filter(live=True, parcel__state__in=HERE).exclude(
        not_held(Step.SHIP, "suborder__order__")
    )
    waiting = Parcel.objects.filter(state__in=HERE).exclude(id__in=asked.values("parcel_id"))
    waiting = waiting.exclude(id__in=held.values("parcel_id"))
    return list(waiting.order_by("id").values_list("id", flat=True)[:limit])


def fetch(parcel_ids: Sequence[int]) -> dict[int, str]:
    """Get a number for every parcel that has none. Returns what came of each: `bound`, `refused`, `unknown`; parcels
    that need none are absent. One bad parcel costs no other its number."""
    results: dict[int, str] = {}
    ids = sorted(set(parcel_ids))
    for start in range(0, len(ids), BATCH):
        intents = _intend(ids[start : start + BATCH])
        results |= {waybill.parcel_id: waybill.state for waybill in intents}
        asked = [waybill for waybill in intents if waybill.state == WaybillState.ASKED]
        results |= _record(asked, gateway().request(_requests(asked)) if asked else [])
    return results


def ask_again(limit: int = BATCH, *, only: Sequence[int] | None = None) -> dict[int, str]:
    """Learn what became of requests that got no answer, by our reference; also of intents whose worker died. `only`:
    of these waybills alone."""
    stale = clock.now() - ABANDONED
    open_ = Q(state=WaybillState.UNKNOWN) | Q(state=WaybillState.ASKED, asked_at__lt=stale)
    asked = Waybill.objects.filter(open_) if only is None else Waybill.objects.filter(open_, id__in=only)
    waybills = list(asked.order_by("id")[:limit])
    if not waybills:
        return {}
    answers = gateway().find(_requests(waybills))
    told = list(zip(waybills, answers, strict=True))
    lost = [waybill for waybill, answer in told if _never_arrived(answer)]
    known = [(waybill, answer) for waybill, answer in told if not _never_arrived(answer)]
    results = _record([waybill for waybill, _answer in known], [answer for _waybill, answer in known])
    # It never arrived: the same reference may be sent for the first time now.
    return results | (_record(lost, gateway().request(_requests(lost))) if lost else {})


def _never_arrived(answer: Answer) -> bool:
    return isinstance(answer, CarrierRefusal) and answer.code == "not_found"


def _intend(parcel_ids: Sequence[int]) -> list[Waybill]:
    """Commit what we are about to ask. A parcel that has a live waybill, or a refusal to be looked at, is left out; one
    that no carrier serves is refused at once."""
    with transaction.atomic():
        taken = Waybill.objects.filter(parcel_id__in=parcel_ids, state__in=[*LIVE, WaybillState.REFUSED])
        rows = Parcel.objects.select_for_update(of=("self",)).filter(id__in=parcel_ids, state__in=HERE).order_by("id")
        locked = list(rows.values_list("id", flat=True))
        free = sorted(set(locked) - set(taken.values_list("parcel_id", flat=True)))
        chosen = carriers.choose_for(labels.facts(free))
        before = Waybill.objects.filter(parcel_id__in=free).values_list("parcel_id", flat=True)
        attempts = dict.fromkeys(free, 1)
        for parcel_id in before:
            attempts[parcel_id] += 1
        return Waybill.objects.bulk_create(
            Waybill(
                parcel_id=parcel_id, carrier=chosen[parcel_id].carrier if parcel_id in chosen else "",
                reference=f"OR{parcel_id}-{attempts[parcel_id]}",
                state=WaybillState.ASKED if parcel_id in chosen else WaybillState.REFUSED,
                error_code="" if parcel_id in chosen else "no_carrier",
                error="" if parcel_id in chosen else _("No carrier serves this place from this warehouse."),
                asked_at=clock.now(),
            )
            for parcel_id in free
        )  # fmt: skip


def _requests(waybills: Sequence[Waybill]) -> list[WaybillRequest]:
    """The questions, receivers opened at this moment and kept nowhere."""
    facts = labels.facts(waybill.parcel_id for waybill in waybills)
    people = receivers(known.parcel.order_id for known in facts.values())
    return [_request(waybill, facts[waybill.parcel_id], people) for waybill in waybills]


def _request(waybill: Waybill, known: Facts, people: Mapping[int, Mapping[str, str]]) -> WaybillRequest:
    return WaybillRequest(
        reference=waybill.reference,
        carrier=waybill.carrier,
        sender=sender(known.warehouse),
        receiver=receiver(people.get(known.parcel.order_id, {})),
        weight_g=known.weight_g,
        order_nos=known.order_nos,
        items=tuple(known.goods),
        channel=known.order["platform"],
    )


def sender(warehouse: Warehouse) -> Party:
    return Party(
        warehouse.contact or warehouse.name, warehouse.phone, warehouse.province, warehouse.city, warehouse.district,
        warehouse.detail,
    )  # fmt: skip


def receiver(person: Mapping[str, str]) -> Party:
    fields = ["name", "phone", "province", "city", "district", "detail", "town", "oaid"]
    return Party(**{field: person.get(field, "") for field in fields})


def _record(waybills: Sequence[Waybill], answers: Sequence[Answer]) -> dict[int, str]:
    """Write down what the carriers said. An answer that cannot be kept (a number that another parcel has) is a refusal
    of its own parcel only."""
    told = list(zip(waybills, answers, strict=True))
    results: dict[int, str] = {}
    _done, failures = run_bisecting(told, partial(_record_batch, results))
    for (waybill, _answer), error in failures:
        log.warning("the answer for %s could not be kept: %s", waybill.reference, error)
        unusable = CarrierRefusal("unusable_answer", _("The carrier's answer could not be kept; see the log."))
        with transaction.atomic():
            _record_batch(results, [(waybill, unusable)])
    return results


def _record_batch(results: dict[int, str], told: Sequence[tuple[Waybill, Answer]]) -> None:
    changes = ParcelChanges()
    rows = changes.open(sorted({waybill.parcel_id for waybill, _answer in told}))
    open_ = Waybill.objects.select_for_update().filter(id__in=[w.pk for w, _a in told], state__in=UNANSWERED)
    current = {waybill.pk: waybill for waybill in open_.order_by("id")}
    facts = labels.facts(waybill.parcel_id for waybill in current.values())
    freights = carriers.freights(facts, {waybill.parcel_id: waybill.carrier for waybill in current.values()})
    outcome: dict[int, str] = {}
    for asked, answer in told:
        waybill = current.get(asked.pk)
        if waybill is None:
            continue  # somebody else learnt it first
        _settle(waybill, answer, facts[waybill.parcel_id].hash(waybill.carrier))
        if waybill.state == WaybillState.BOUND and rows[waybill.parcel_id]["state"] not in HERE:
            _to(waybill, WaybillState.VOID)  # the parcel was taken apart meanwhile: the number goes back
        elif waybill.state == WaybillState.BOUND:
            payload = {"carrier": waybill.carrier, "waybill_no": waybill.number}
            changes.add(waybill.parcel_id, e.WAYBILL_BOUND, {**payload, "freight_fen": freights[waybill.parcel_id]})
        outcome[waybill.parcel_id] = waybill.state
    changes.save()
    written = ["state", "number", "sort_code", "package_center", "content_hash", "bound_at", "error_code", "error"]
    Waybill.objects.bulk_update(current.values(), written)
    results |= outcome


def _settle(waybill: Waybill, answer: Answer, hash_: str) -> None:
    if isinstance(answer, WaybillGrant):
        _to(waybill, WaybillState.BOUND)
        waybill.number, waybill.bound_at = answer.waybill_no, clock.now()
        waybill.sort_code, waybill.package_center = answer.sort_code[:60], answer.package_center[:80]
        waybill.content_hash, waybill.error_code, waybill.error = hash_, "", ""
    elif isinstance(answer, CarrierRefusal):
        _to(waybill, WaybillState.REFUSED)
        waybill.error_code, waybill.error = answer.code[:60], answer.message[:300]
    elif isinstance(answer, CarrierUnknown):
        _to(waybill, WaybillState.UNKNOWN)
        waybill.error_code, waybill.error = "no_answer", str(answer)[:300]


def _to(waybill: Waybill, state: WaybillState) -> None:
    if waybill.state != state and not may_move(waybill.state, state):
        raise Conflict(f"a waybill cannot go from {waybill.state} to {state}", code="illegal_move")
    waybill.state = state


def renew(parcel_ids: Sequence[int], reason: str = "renewed") -> dict[int, str]:
    """Give up the numbers (or refusals) that these parcels have and fetch fresh ones; returns what `fetch` says. A
    parcel that has left keeps its number."""
    with transaction.atomic():
        changes = ParcelChanges()
        opened = changes.open(sorted(set(parcel_ids)))
        void_numbers(changes, [key for key, row in opened.items() if row["state"] in HERE], reason)
        changes.save()
    return fetch(parcel_ids)


def drop_stale(order_ids: Sequence[int]) -> None:
    """Something of these orders changed: numbers whose label would now be wrong are given up, refusals forgotten, so
    that new ones are fetched by themselves. What is printed is left: a person holds that label in hand."""
    with transaction.atomic():
        changes = ParcelChanges()
        here = ParcelShare.objects.filter(order_id__in=order_ids, live=True, parcel__state__in=HERE)
        opened = changes.open(sorted(set(here.values_list("parcel_id", flat=True))))
        facts = labels.facts(opened)
        rows = Waybill.objects.filter(
            parcel_id__in=opened, state__in=[WaybillState.BOUND, WaybillState.REFUSED], prints=0
        )
        stale = [w.parcel_id for w in rows if not w.number or w.content_hash != facts[w.parcel_id].hash(w.carrier)]
        void_numbers(changes, stale, "order_changed")
        changes.save()


def give_back(limit: int = BATCH) -> int:
    """Return void numbers to their carriers; returns how many are off our books. A carrier that refuses (the number was
    scanned) has the last word; one that does not answer is asked again."""
    debts = list(
        Waybill.objects.filter(state=WaybillState.VOID, recycled_at=None).exclude(number="").order_by("id")[:limit]
    )
    grants = [WaybillGrant(waybill.reference, waybill.carrier, waybill.number) for waybill in debts]
    answers = gateway().cancel(grants) if debts else []
    settled = [w.pk for w, answer in zip(debts, answers, strict=True) if not isinstance(answer, CarrierUnknown)]
    Waybill.objects.filter(id__in=settled).update(recycled_at=clock.now())
    return len(settled)
