"""Which sub-orders leave together: those of one merge, else each by itself."""

from collections.abc import Iterable

from oms.domain.status import OPEN
from oms.models import SubOrder


def of(suborder_ids: Iterable[int]) -> list[list[SubOrder]]:
    """The boxes that these open sub-orders go into, each with all that goes into it, lowest id first."""
    mine = list(SubOrder.objects.filter(id__in=set(suborder_ids), status__in=OPEN).order_by("id"))
    merges = {suborder.merge_id for suborder in mine if suborder.merge_id is not None}
    company = SubOrder.objects.filter(merge_id__in=merges, status__in=OPEN).order_by("id") if merges else ()
    together: dict[int, list[SubOrder]] = {}
    for suborder in company:
        together.setdefault(suborder.merge_id or 0, []).append(suborder)
    alone = [[suborder] for suborder in mine if suborder.merge_id is None]
    return sorted([*alone, *together.values()], key=lambda box: box[0].pk)


def standing(suborder_ids: Iterable[int]) -> set[frozenset[int]]:
    """The same as sets of ids, to ask whether a parcel holds exactly what leaves together now."""
    return {frozenset(member.pk for member in box) for box in of(suborder_ids)}
