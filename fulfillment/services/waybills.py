"""Step 6a: choose a carrier, get a number. Intent row → commit → call → record; an unknown outcome is asked after."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from catalog.models import Carrier, Warehouse
from catalog.selectors import network
from core import clock
from core.domain.rules import evaluate
from core.selectors.rules import live_rules
from fulfillment.domain import events as e
from fulfillment.domain.carriage import CarrierRefusal, CarrierUnknown, Party, WaybillGrant, WaybillRequest
from fulfillment.domain.offers import Offer, choose, offers
from fulfillment.models import CarrierChoice, Parcel, Waybill
from fulfillment.ports import Answer, gateway
from fulfillment.services.parcels import ParcelChanges
from oms.models import SubOrderLine
from oms.selectors.pool import order_facts, receivers

BATCH = 100
LIVE = ["asked", "unknown", "bound", "shipped"]


def needing_number(limit: int = BATCH) -> list[int]:
    """Open or packed parcels without a live waybill that nobody has refused."""
    asked = Waybill.objects.filter(Q(state__in=LIVE) | Q(state="refused"))
    waiting = Parcel.objects.filter(state__in=["open", "packed"]).exclude(id__in=asked.values("parcel_id"))
    return list(waiting.order_by("id").values_list("id", flat=True)[:limit])


def fetch(parcel_ids: Sequence[int]) -> dict[int, str]:
    """Get a number for every parcel that has none. Returns what came of each: `bound`, `refused`, `unknown`,
    `no_carrier`; parcels that need none are absent. One bad parcel costs no other its number."""
    intents = _intend(parcel_ids)
    asked = [waybill for waybill in intents if waybill.state == "asked"]
    results = {waybill.parcel_id: "no_carrier" for waybill in intents if waybill.state == "refused"}
    if not asked:
        return results
    requests = _requests(asked)
    return results | _record(asked, gateway().request([requests[waybill.pk] for waybill in asked]))


def ask_again(limit: int = BATCH) -> dict[int, str]:
    """Learn what became of requests that got no answer, by our reference; also of intents whose worker died."""
    stale = clock.now() - timedelta(seconds=60)
    open_ = Waybill.objects.filter(Q(state="unknown") | Q(state="asked", asked_at__lt=stale)).order_by("id")[:limit]
    waybills = list(open_)
    requests = _requests(waybills)
    answers = gateway().find([requests[waybill.pk] for waybill in waybills]) if waybills else []
    lost = [
        w for w, a in zip(waybills, answers, strict=True) if isinstance(a, CarrierRefusal) and a.code == "not_found"
    ]
    kept = [(w, a) for w, a in zip(waybills, answers, strict=True) if w not in lost]
    results = _record([w for w, _a in kept], [a for _w, a in kept])
    # It never arrived: the same reference may be sent for the first time now.
    return results | _record(lost, gateway().request([requests[w.pk] for w in lost])) if lost else results


def _intend(parcel_ids: Sequence[int]) -> list[Waybill]:
    """Commit what we are about to ask. A parcel that has a live waybill is left out."""
    with transaction.atomic():
        locked = list(
            Parcel.objects.select_for_update().filter(id__in=parcel_ids, state__in=["open", "packed"]).order_by("id")
        )
        # Asked only now: another worker may have committed its intents while we waited for the locks.
        taken = set(Waybill.objects.filter(parcel__in=locked, state__in=LIVE).values_list("parcel_id", flat=True))
        rows = [parcel for parcel in locked if parcel.pk not in taken]
        choices = _choose(rows)
        attempts = {parcel.pk: Waybill.objects.filter(parcel=parcel).count() + 1 for parcel in rows}
        return Waybill.objects.bulk_create(
            Waybill(
                parcel=parcel, carrier=choices[parcel.pk].carrier if parcel.pk in choices else "",
                reference=f"OR{parcel.pk}-{attempts[parcel.pk]}", state="asked" if parcel.pk in choices else "refused",
                error_code="" if parcel.pk in choices else "no_carrier",
            )
            for parcel in rows
        )  # fmt: skip


def _choose(rows: Sequence[Parcel]) -> dict[int, Offer]:
    """The carrier of each parcel, with the record that explains it."""
    facts = order_facts(parcel.order_id for parcel in rows)
    rates = network.rates(clock.business_date())
    version, rules = live_rules("carrier")
    chosen: dict[int, Offer] = {}
    records = []
    for parcel in rows:
        order = facts[parcel.order_id]
        weight = parcel.weight_g or parcel.expected_g
        available = offers(rates.get((parcel.warehouse_id, order["province"]), []), weight)
        matched, _trace = evaluate(
            rules,
            {"weight_g": weight, "province": order["province"], "platform": order["platform"], "cod": order["cod"]},
        )
        action = matched[0].action if matched else {}
        offer = choose(
            available, prefer=str(action.get("prefer", "cheapest")), carrier=str(action.get("carrier", "")),
            within_hours=int(action.get("within_hours", 0)),
        )  # fmt: skip
        if offer is not None:
            chosen[parcel.pk] = offer
            records.append(
                CarrierChoice(
                    parcel=parcel, carrier=offer.carrier, rule=matched[0].name if matched else "", rule_version=version,
                    offers=[asdict(each) for each in available],
                )
            )  # fmt: skip
    fields = ["carrier", "rule", "rule_version", "offers"]
    CarrierChoice.objects.bulk_create(records, update_conflicts=True, unique_fields=["parcel"], update_fields=fields)
    return chosen


def label_facts(parcel_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What a label of each parcel must say: receiver (plain, for the label only), sender, order, goods."""
    rows = {parcel.pk: parcel for parcel in Parcel.objects.filter(id__in=set(parcel_ids)).select_related("warehouse")}
    orders = order_facts(parcel.order_id for parcel in rows.values())
    people = receivers(parcel.order_id for parcel in rows.values())
    goods: dict[int, list[tuple[str, int]]] = {}
    lines = SubOrderLine.objects.filter(suborder_id__in={p.suborder_id for p in rows.values()}, qty__gt=0)
    for line in lines.select_related("sku").order_by("id"):
        goods.setdefault(line.suborder_id, []).append((line.sku.name, line.qty))
    return {
        key: {
            "parcel": parcel, "order": orders[parcel.order_id], "receiver": people.get(parcel.order_id, {}),
            "warehouse": parcel.warehouse, "goods": goods.get(parcel.suborder_id, []),
        }
        for key, parcel in rows.items()
    }  # fmt: skip


def content_hash(facts: Mapping[str, Any], carrier: str) -> str:
    """What makes a printed label wrong when it changes: receiver, goods, sender, carrier."""
    receiver_record = str(facts["order"]["receiver_id"])
    told = [receiver_record, facts["goods"], facts["warehouse"].code, carrier, facts["order"]["order_no"]]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def _requests(waybills: Sequence[Waybill]) -> dict[int, WaybillRequest]:
    facts = label_facts(waybill.parcel_id for waybill in waybills)
    return {
        waybill.pk: WaybillRequest(
            reference=waybill.reference,
            carrier=waybill.carrier,
            sender=sender(facts[waybill.parcel_id]["warehouse"]),
            receiver=receiver(facts[waybill.parcel_id]["receiver"]),
            weight_g=facts[waybill.parcel_id]["parcel"].weight_g or facts[waybill.parcel_id]["parcel"].expected_g,
            order_nos=(facts[waybill.parcel_id]["order"]["order_no"],),
            items=tuple(facts[waybill.parcel_id]["goods"]),
        )
        for waybill in waybills
    }


def sender(warehouse: Warehouse) -> Party:
    return Party(
        warehouse.contact or warehouse.name, warehouse.phone, warehouse.province, warehouse.city, warehouse.district,
        warehouse.detail,
    )  # fmt: skip


def receiver(person: Mapping[str, str]) -> Party:
    fields = ["name", "phone", "province", "city", "district", "detail", "town", "oaid"]
    return Party(**{field: person.get(field, "") for field in fields})


def _record(waybills: Sequence[Waybill], answers: Sequence[Answer]) -> dict[int, str]:
    """Write down what the carriers said; a grant that comes for a parcel taken apart meanwhile becomes void."""
    results: dict[int, str] = {}
    facts = label_facts(waybill.parcel_id for waybill in waybills)
    with transaction.atomic():
        changes = ParcelChanges()
        rows = changes.open(sorted({waybill.parcel_id for waybill in waybills}))
        open_ = Waybill.objects.select_for_update().filter(
            id__in=[w.pk for w in waybills], state__in=["asked", "unknown"]
        )
        current = {waybill.pk: waybill for waybill in open_.order_by("id")}
        for asked, answer in zip(waybills, answers, strict=True):
            waybill = current.get(asked.pk)
            if waybill is None:
                continue
            _settle(waybill, answer, content_hash(facts[waybill.parcel_id], waybill.carrier))
            if waybill.state == "bound" and rows[waybill.parcel_id]["state"] == "voided":
                waybill.state = "void"
            elif waybill.state == "bound":
                payload = {"carrier": waybill.carrier, "waybill_no": waybill.number, "freight_fen": _freight(waybill)}
                changes.add(waybill.parcel_id, e.WAYBILL_BOUND, payload)
            results[waybill.parcel_id] = waybill.state
        changes.save()
        Waybill.objects.bulk_update(
            current.values(),
            ["state", "number", "sort_code", "package_center", "content_hash", "bound_at", "error_code", "error"],
        )
    return results


def _settle(waybill: Waybill, answer: Answer, hash_: str) -> None:
    if isinstance(answer, WaybillGrant):
        waybill.state, waybill.number, waybill.bound_at = "bound", answer.waybill_no, clock.now()
        waybill.sort_code, waybill.package_center = answer.sort_code[:60], answer.package_center[:80]
        waybill.content_hash, waybill.error_code, waybill.error = hash_, "", ""
    elif isinstance(answer, CarrierRefusal):
        waybill.state, waybill.error_code, waybill.error = "refused", answer.code[:60], answer.message[:300]
    elif isinstance(answer, CarrierUnknown):
        waybill.state, waybill.error_code, waybill.error = "unknown", "no_answer", str(answer)[:300]


def _freight(waybill: Waybill) -> int:
    choice = CarrierChoice.objects.filter(parcel_id=waybill.parcel_id).first()
    found = [offer["fen"] for offer in choice.offers if offer["carrier"] == waybill.carrier] if choice else []
    return found[0] if found else 0


def renew(parcel_id: int) -> dict[int, str]:
    """Void a stale or refused number and fetch a fresh one."""
    Waybill.objects.filter(parcel_id=parcel_id, state__in=["bound", "refused"]).update(state="void")
    return fetch([parcel_id])


def carriers() -> dict[str, str]:
    """Carrier names by code."""
    return dict(Carrier.objects.values_list("code", "name"))
