"""The people on the demo's floor: they scan what the screens would ask for, through the services behind the screens."""

import uuid
from dataclasses import dataclass
from random import Random

from django.contrib.auth.models import User

from aftersales.models import Ticket
from aftersales.services import tickets
from catalog.models import Barcode
from core.context import acting
from core.errors import Conflict
from fulfillment.models import Parcel, PickLine
from fulfillment.services import packing, picking, shipping

WRONG_SCANS = 0.01  # people err; it must be heard and counted


@dataclass(frozen=True, slots=True)
class Shift:
    """What one round of work came to."""

    picked: int = 0
    packed: int = 0
    shipped: int = 0
    answered: int = 0


class Crew:
    """One picker, one packer, one service clerk."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._codes = dict(Barcode.objects.values_list("sku_id", "code"))
        self._people = {
            user.get_username(): user.pk for user in User.objects.filter(username__in=["picker", "packer", "cs"])
        }

    def work(self, *, most: int = 1000) -> Shift:
        """Pick, pack and hand over whatever is ready, up to `most` parcels; answer new tickets."""
        return Shift(self.pick(most), self._pack(most), self._hand_over(most), self._answer())

    def pick(self, most: int) -> int:
        """Walk what is to be picked, about `most` lines of it."""
        done, walked = 0, set[int]()
        with acting("user:picker"):
            while done < most and (task := picking.claim(self._people["picker"], None)) is not None:
                if task.pk in walked:
                    break  # something keeps it open: the sweeper's business
                walked.add(task.pk)
                while (line := picking.next_line(task.pk)) is not None:
                    self._pick_line(line)
                    done += 1
        return done

    def _pick_line(self, line: PickLine) -> None:
        picker = self._people["picker"]
        picking.scan(line.task_id, line.bin.code, uuid.uuid4(), picker)
        if self._rng.random() < WRONG_SCANS:
            wrong = self._rng.choice(list(self._codes.values()))
            if wrong != self._codes[line.sku_id]:
                picking.scan(line.task_id, wrong, uuid.uuid4(), picker)
        for _unit in range(line.qty - line.picked_qty):
            if picking.scan(line.task_id, self._codes[line.sku_id], uuid.uuid4(), picker).code != "ok":
                return  # the line was struck or taken by somebody else meanwhile

    def _pack(self, most: int) -> int:
        done = 0
        ready = Parcel.objects.filter(state="open", suborder__status="picked").order_by("id")[:most]
        with acting("user:packer"):
            for parcel in ready:
                done += self._pack_one(parcel)
        return done

    def _pack_one(self, parcel: Parcel) -> int:
        packer = self._people["packer"]
        try:
            for item, scanned in packing.contents(parcel):
                for _unit in range(item.qty - scanned):
                    packing.scan(parcel.pk, self._codes[item.sku_id], uuid.uuid4(), packer)
            weight = (packing.expected_weight(parcel) or 100) + self._rng.randrange(-15, 16)
            packing.complete(parcel.pk, weight, checks=[check.code for check in packing.checklist(parcel)])
        except Conflict:
            return 0  # cancelled or changed while on the bench
        return 1

    def _hand_over(self, most: int) -> int:
        ready = Parcel.objects.filter(state="packed").exclude(waybill_no="").order_by("id")
        ids = list(ready.values_list("id", flat=True)[:most])
        with acting("user:packer"):
            return sum(error is None for error in shipping.handover(ids).values())

    def _answer(self) -> int:
        """A first word to every new ticket."""
        waiting = list(Ticket.objects.filter(first_response_at=None).order_by("id").values_list("id", flat=True)[:50])
        with acting("user:cs"):
            for ticket_id in waiting:
                tickets.write(ticket_id, "reply", "您好,已收到您的申请,正在为您核实,请稍等。")
        return len(waiting)
