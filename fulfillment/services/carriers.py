"""Which carrier takes a parcel, and the record that explains it in ¥ and hours."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from catalog.selectors import network
from core import clock
from core.domain.rules import RuleData, evaluate
from core.selectors.rules import live_rules
from fulfillment.domain.offers import Offer, choose, offers
from fulfillment.models import CarrierChoice
from fulfillment.selectors.labels import Facts
from oms.domain.freight import freight_fen


def choose_for(facts: Mapping[int, Facts]) -> dict[int, Offer]:
    """The carrier of each parcel by id; a parcel that nobody carries is absent. Why is written down for all."""
    rates = network.rates(clock.business_date())
    version, rules = live_rules("carrier")
    chosen: dict[int, Offer] = {}
    records = []
    for parcel_id, known in sorted(facts.items()):
        available = offers(rates.get((known.parcel.warehouse_id, known.order["province"]), []), known.weight_g)
        rule, wanted = _wish(rules, known)
        offer = choose(
            available, prefer=str(wanted.get("prefer", "cheapest")), carrier=str(wanted.get("carrier", "")),
            within_hours=int(wanted.get("within_hours", 0)),
        )  # fmt: skip
        if offer is not None:
            chosen[parcel_id] = offer
        records.append(
            CarrierChoice(
                parcel_id=parcel_id, carrier=offer.carrier if offer else "", rule=rule, rule_version=version,
                wanted=wanted, offers=[asdict(each) for each in available],
            )
        )  # fmt: skip
    fields = ["carrier", "rule", "rule_version", "wanted", "offers"]
    CarrierChoice.objects.bulk_create(records, update_conflicts=True, unique_fields=["parcel"], update_fields=fields)
    return chosen


def _wish(rules: Sequence[RuleData], known: Facts) -> tuple[str, dict[str, str | int]]:
    """Name and action of the first live carrier rule that matches."""
    matched, _trace = evaluate(
        rules,
        {
            "weight_g": known.weight_g,
            "province": known.order["province"],
            "platform": known.order["platform"],
            "cod": known.order["cod"],
            "warehouse": known.parcel.warehouse_id,
        },
    )
    return (matched[0].name, dict(matched[0].action)) if matched else ("", {})


def freights(facts: Mapping[int, Facts], carriers: Mapping[int, str]) -> dict[int, int]:
    """Freight in fen of each parcel with the carrier it has, by the weight it has now; 0 where no rate is known."""
    rates = network.rates(clock.business_date())
    result = {}
    for parcel_id, known in facts.items():
        served = rates.get((known.parcel.warehouse_id, known.order["province"]), [])
        fitting = [rate for rate in served if rate.carrier == carriers.get(parcel_id)]
        result[parcel_id] = freight_fen(fitting[0], known.weight_g) if fitting else 0
    return result
