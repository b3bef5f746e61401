"""Standardise and seal receivers; what comes back are header columns that hold no plain personal data."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from core import clock
from core.domain.masking import mask_detail, mask_name, mask_phone, mask_text
from core.services import vault
from oms.domain.address import Address, dedupe_key, standardise
from oms.domain.address.pattern import Pattern, pattern_of, settled_as
from oms.domain.canonical import CanonicalOrder, CanonicalReceiver
from oms.domain.content import normal, receiver_text
from oms.services import address_rules

NO_RECEIVER: dict[str, Any] = {
    "receiver_id": None, "receiver_name": "", "receiver_phone": "", "country": "", "province": "", "city": "",
    "district": "", "town": "", "district_code": "", "address_masked": "", "address_status": "", "address_reasons": [],
    "address_pattern": "", "address_wrote": "", "address_guess": "", "address_rule_id": None,
    "receiver_is_masked": False, "phone_key": "", "receiver_key": "",
    "address_key": "", "merge_key": "",
}  # fmt: skip


def receiver_key(receiver: CanonicalReceiver | None) -> str:
    return vault.tag("receiver", receiver_text(receiver)) if receiver else ""


def columns(orders: Sequence[CanonicalOrder], shop_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Header columns of each order's receiver, sealing them all in one statement. Free notes are sealed with them,
    because buyers write phone numbers there. What a person answered of such an address before settles it now."""
    addresses = [_standardised(order.receiver) for order in orders]
    asked = [
        _asked(order.receiver, address) if order.receiver and address else {}
        for order, address in zip(orders, addresses, strict=True)
    ]
    answers = address_rules.known(shop_ids, (question.get("address_pattern", "") for question in asked))
    for i, shop_id in enumerate(shop_ids):
        if rule := answers.get((shop_id, asked[i].get("address_pattern", ""))):
            addresses[i] = settled_as(addresses[i], rule.code)  # type: ignore[arg-type] # asked of an address
            asked[i]["address_rule_id"] = rule.pk
    results = [
        {**_columns(order.receiver, address, _week(order, shop_id)), **question}
        if order.receiver and address
        else dict(NO_RECEIVER)
        for order, shop_id, address, question in zip(orders, shop_ids, addresses, asked, strict=True)
    ]
    to_seal = [i for i, order in enumerate(orders) if order.receiver]
    sealed = vault.seal(
        (_plain(orders[i], addresses[i]), [results[i]["phone_key"], results[i]["receiver_key"]]) for i in to_seal
    )
    for i, record_id in zip(to_seal, sealed, strict=True):
        results[i]["receiver_id"] = str(record_id)
    return results


def receiver_columns(receiver: CanonicalReceiver, kept: Mapping[str, str]) -> dict[str, Any]:
    """Header columns of one receiver without an order around it (a correction by hand), sealed with what else was
    `kept` under the order's seal (its notes)."""
    address = _standardised(receiver)
    assert address is not None
    columns = _columns(receiver, address)
    [record_id] = vault.seal(
        [({**kept, **_plain_receiver(receiver, address)}, [columns["phone_key"], columns["receiver_key"]])]
    )
    return {**columns, "receiver_id": str(record_id)}


def notes(order: CanonicalOrder) -> dict[str, str]:
    """The notes as they may be shown: digit runs starred."""
    return {"buyer_note": mask_text(order.buyer_note), "seller_note": mask_text(order.seller_note)}


def _standardised(receiver: CanonicalReceiver | None) -> Address | None:
    if receiver is None:
        return None
    return standardise(
        province=receiver.province,
        city=receiver.city,
        district=receiver.district,
        town=receiver.town,
        detail=receiver.detail,
    )


def _asked(receiver: CanonicalReceiver, address: Address) -> dict[str, Any]:
    """What is to be asked of an address, if a person must see it and the answer could help another order."""
    if receiver.country not in {"", "CN"}:
        return {}
    question = pattern_of(address, receiver.province, receiver.city, receiver.district)
    if question is None:
        return {}
    return {
        "address_pattern": vault.tag("address_pattern", "\x1f".join(question)),
        "address_wrote": _shown(question)[:200],
        "address_guess": address.code,
    }


def _shown(question: Pattern) -> str:
    region = (question.province, question.city, question.district, question.town, mask_detail(question.lead))
    return " ".join(filter(None, region))


def _columns(receiver: CanonicalReceiver, address: Address, oaid_scope: str = "") -> dict[str, Any]:
    foreign = receiver.country not in {"", "CN"}
    phone = "" if receiver.masked else "".join(ch for ch in normal(receiver.phone) if ch.isdigit())
    return {
        "receiver_id": None,
        "receiver_name": mask_name(receiver.name)[:80],
        "receiver_phone": receiver.phone[:40] if "*" in receiver.phone else mask_phone(phone)[:40],
        "country": receiver.country[:60],
        "province": (receiver.province if foreign else address.province)[:60],
        "city": (receiver.city if foreign else address.city)[:60],
        "district": (receiver.district if foreign else address.district)[:60],
        "town": address.town[:60] if not foreign else "",
        "district_code": "" if foreign else address.code[:6],
        "address_masked": mask_detail(address.detail or receiver.detail)[:200],
        "address_status": "foreign" if foreign else address.status,
        "address_reasons": [] if foreign else list(address.reasons),
        "address_pattern": "",
        "address_wrote": "",
        "address_guess": "",
        "address_rule_id": None,
        "receiver_is_masked": receiver.masked,
        "phone_key": vault.tag("phone", phone[-11:]) if phone else "",
        "receiver_key": receiver_key(receiver),
        "address_key": "" if foreign or receiver.masked else _door(address),
        "merge_key": _merge_key(receiver, address, phone, oaid_scope),
    }


def _week(order: CanonicalOrder, shop_id: int) -> str:
    """Within what an OAID names one receiver: a shop's orders of one natural week (Taobao's own rule)."""
    if order.created_at is None:
        return ""
    year, week, _day = clock.business_date(order.created_at).isocalendar()
    return f"{order.platform}:{shop_id}:{year}-{week}"


def _merge_key(receiver: CanonicalReceiver, address: Address, phone: str, oaid_scope: str) -> str:
    """Equal for orders that may share a parcel: same person, phone and door in full, or same OAID within its scope.
    '' where that cannot be known: masked text never counts, nor an address that is in doubt."""
    if receiver.masked:
        return vault.tag("merge", f"{oaid_scope}:{receiver.oaid}") if receiver.oaid and oaid_scope else ""
    if not (receiver.name and phone):
        return ""
    if receiver.country not in {"", "CN"}:
        return vault.tag("merge", receiver_text(replace(receiver, oaid=""))) if receiver.detail else ""
    if not (address.code and address.detail) or address.status == "review":
        return ""
    return vault.tag("merge", "\x1f".join((normal(receiver.name), phone[-11:], dedupe_key(address))))


def _door(address: Address) -> str:
    return vault.tag("address", dedupe_key(address)) if address.code and address.detail else ""


def _plain(order: CanonicalOrder, address: Address | None) -> dict[str, str]:
    assert order.receiver is not None and address is not None
    return {
        **_plain_receiver(order.receiver, address),
        "buyer_note": order.buyer_note,
        "seller_note": order.seller_note,
    }


def _plain_receiver(receiver: CanonicalReceiver, address: Address) -> dict[str, str]:
    return {
        "name": receiver.name,
        "phone": receiver.phone,
        "province": address.province or receiver.province,
        "city": address.city or receiver.city,
        "district": address.district or receiver.district,
        "town": address.town or receiver.town,
        "detail": address.detail or receiver.detail,
        "zip": receiver.zip,
        "oaid": receiver.oaid,
    }
