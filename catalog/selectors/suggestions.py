"""Which SKU a shop's unknown product may be."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from catalog.models import Barcode, Sku
from catalog.selectors.matching import Named

BEST = 3
ALIKE = 60  # of 100: below that a name says nothing


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`why` is `barcode`, `code` (the same letters and digits) or `name`; `score` runs from 0 to 100."""

    sku_id: int
    code: str
    name: str
    why: str
    score: int


def suggest(listing_id: str, merchant_code: str, title: str) -> list[Suggestion]:
    """The few likeliest SKUs, best first: by barcode, by a code written otherwise, by the name inside the title.

    Reads the codes and names of all active SKUs, in two queries.
    """
    names = [name for name in (merchant_code, listing_id) if name]
    scanned = Barcode.objects.filter(code__in=names, sku__is_active=True).select_related("sku")
    found = {row.sku_id: Suggestion(row.sku_id, row.sku.code, row.sku.name, "barcode", 100) for row in scanned}
    skus = {pk: (code, name) for pk, code, name in Sku.objects.filter(is_active=True).values_list("id", "code", "name")}
    for pk in _same_letters(names, skus):
        found.setdefault(pk, Suggestion(pk, *skus[pk], "code", 95))
    alike = process.extract(
        title,
        {pk: name for pk, (_code, name) in skus.items()},
        scorer=fuzz.partial_ratio,
        limit=BEST,
        score_cutoff=ALIKE,
    )
    for _name, score, pk in alike:
        # A perfect part of a long title is no proof: 杯 is in every 保温杯.
        share = min(len(skus[pk][1]) / max(len(title), 1), 1.0)
        found.setdefault(pk, Suggestion(pk, *skus[pk], "name", round(score * (0.6 + 0.3 * share))))
    return sorted(found.values(), key=lambda s: (-s.score, s.code))[:BEST]


def evident(wanted: Collection[Named]) -> dict[Named, Suggestion]:
    """What products must be by their codes alone: exactly one SKU has the barcode, or else the same letters and digits.
    Reads the codes of all active SKUs, in two queries."""
    names = {name for one in wanted for name in (one.listing_id, one.merchant_code) if name}
    scanned: dict[str, list[Sku]] = defaultdict(list)
    for row in Barcode.objects.filter(code__in=names, sku__is_active=True).select_related("sku"):
        scanned[row.code].append(row.sku)
    written: dict[str, list[Sku]] = defaultdict(list)
    for sku in Sku.objects.filter(is_active=True).only("code", "name"):
        written[_plain(sku.code)].append(sku)
    found = {}
    for one in wanted:
        said = [name for name in (one.merchant_code, one.listing_id) if name]
        for why, score, known in (("barcode", 100, scanned), ("code", 95, written)):
            hits = {sku.pk: sku for name in said for sku in known.get(name if why == "barcode" else _plain(name), ())}
            if len(hits) == 1:
                [sku] = hits.values()
                found[one] = Suggestion(sku.pk, sku.code, sku.name, why, score)
                break
    return found


def _same_letters(names: list[str], skus: dict[int, tuple[str, str]]) -> Iterator[int]:
    wanted = {plain for name in names if (plain := _plain(name))}
    return (pk for pk, (code, _name) in skus.items() if _plain(code) in wanted)


def _plain(code: str) -> str:
    """A code without case, spaces and punctuation: `tb-cup 01` is `TBCUP01`."""
    return "".join(letter for letter in code if letter.isalnum()).upper()
