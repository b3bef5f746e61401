"""What a list brings goes into the same inbox as what was pushed, as the bytes that came."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now

from core.doorbell import ring
from core.models import InboxMessage
from core.services import inbox
from core.services.inbox import Arrival
from integrations.channels.pulling import Listed, PullRefused
from integrations.channels.signatures import digest_key
from integrations.models import ShopPull
from integrations.registry import channel
from integrations.services.pull import fetches
from integrations.services.pull.line import Line

VIA = "via"  # in a message's meta: how it came; absent for a push
_CHUNK = 100
_ENOUGH = 3  # look-ups in a row that fail: it is not the orders then


class Intake:
    """The inbox of one shop, and the line its orders come over."""

    def __init__(self, pull: ShopPull, line: Line) -> None:
        self._shop, self._line, self._failed = pull.shop, line, 0
        self._source = f"channel:{pull.shop.platform}:{pull.shop.code}"
        puller = channel(pull.shop.platform).pull
        self._context = dict(puller.context) if puller else {}

    def take(self, rows: Iterable[Listed]) -> None:
        """Store every row, fetching those that are only named. A version that is here already is not fetched again."""
        waiting: list[Listed] = []
        for row in rows:
            waiting.append(row)
            if len(waiting) >= _CHUNK:
                self._take(waiting)
                waiting = []
        self._take(waiting)

    def fetch(self, order_no: str, refund_no: str, via: str, key: str = "") -> None:
        """Ask for one order and store it; raises PullRefused. Without a `key` the bytes are the key."""
        body = self._line.fetch(order_no, refund_no)
        if body is not None:
            self._store([(key or f"fetch:{order_no}:{refund_no}:{digest_key(body)[:32]}", body)], via)

    def lags(self) -> bool:
        """Whether messages of this shop have waited for more than a moment: what is not applied cannot be counted."""
        a_moment_ago = Now() - timedelta(seconds=5)
        return self._open().filter(attempts=0, received_at__lt=a_moment_ago).exists()

    def on_their_way(self) -> set[str]:
        """Numbers of the orders that a list or look-up has brought and nobody has applied yet."""
        keys = self._open().filter(delivery_key__regex="^(pull|fetch):").values_list("delivery_key", flat=True)
        return {key.split(":")[1] for key in keys}

    def _open(self) -> QuerySet[InboxMessage]:
        return InboxMessage.objects.filter(source=self._source, state__in=["new", "doing"])

    def _take(self, rows: Sequence[Listed]) -> None:
        whole = [(_key(row), row.body) for row in rows if row.body]
        if whole:
            self._store(whole, "pull")
        named = {_key(row): row for row in rows if not row.body}
        for key in named.keys() - inbox.known(self._source, list(named)):
            self._take_named(named[key], key)

    def _take_named(self, row: Listed, key: str) -> None:
        """One order that cannot be fetched does not hold up the rest of the list: it is owed."""
        try:
            self.fetch(row.order_no, "", "pull", key if row.version else "")
            self._failed = 0
        except PullRefused:
            self._failed += 1
            if self._failed >= _ENOUGH:
                raise
            fetches.owe([fetches.Wanted(self._shop.pk, row.order_no, via="pull")])

    def _store(self, messages: Sequence[tuple[str, bytes]], via: str) -> None:
        meta = {**self._context, VIA: via}
        if any(inbox.store([Arrival(self._source, key, body, meta) for key, body in messages])):
            ring("integrations.tasks.drain_inbox")


def _key(row: Listed) -> str:
    return f"pull:{row.order_no}:{row.version}"[:200]
