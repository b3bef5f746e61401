"""One conversation with a shop's platform: calls, pauses, pages, and what time it is over there."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeVar

import requests

from core import clock
from integrations.channels.adapter import Credentials
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window
from integrations.http import Call, ForbiddenHost, NoReply, Reply, check_host, send

PATIENCE = 5.0  # s: a limit that lifts sooner is waited for, a longer one ends the run
TRIES = 3  # of one call before the run ends
_Answer = TypeVar("_Answer")


class PageMoved(PullRefused):
    """Rows came into the window while its pages were read: what was between two pages may have been missed."""

    def __init__(self) -> None:
        super().__init__("the list grew while it was read", code="page_moved", retry=True)


class Line:
    """Speaks to one platform for one shop. `before_call` runs ahead of every call: it keeps the lease alive and may
    raise to end the run. Every method raises PullRefused.

    `skew` is how far the platform's clock is ahead of ours, `opened_at` its time when the last window was opened."""

    def __init__(
        self,
        puller: Puller,
        base_url: str,
        credentials: Credentials,
        allowed_hosts: Sequence[str],
        before_call: Callable[[], None] = lambda: None,
    ) -> None:
        self._puller, self._base_url, self._credentials = puller, base_url, credentials
        self._before_call, self._session, self._hold = before_call, requests.Session(), 0.0
        self.skew = timedelta()
        self.opened_at: datetime | None = None
        try:
            check_host(base_url, allowed_hosts)
        except ForbiddenHost as exc:
            raise PullRefused(str(exc), code="forbidden_host") from exc

    def read(self, window: Window) -> Iterator[Listed]:
        """Every row of the window, some perhaps twice.

        Numbered pages are read from the last to the first: an order that is changed meanwhile leaves the window, and
        those behind it move up into a page that is still to be read. What the platform hands cursors for stays put.
        """
        opening = self._page(window, "")
        self.opened_at = clock.now() + self.skew
        yield from opening.rows
        if not self._puller.page_size:
            page = opening
            while page.next:
                page = self._page(window, page.next)
                yield from page.rows
            return
        total = opening.total or 0
        last = -(-total // self._puller.page_size)
        for number in range(last, 1, -1):
            page = self._page(window, str(number))
            if (page.total or 0) > total:
                raise PageMoved
            yield from page.rows
        if last > 1:
            yield from self._page(window, "").rows

    def fetch(self, order_no: str, refund_no: str = "") -> bytes | None:
        """The order (or refund) as it stands; None where the platform has no such look-up."""

        def ask() -> bytes | None:
            call = self._puller.detail_call(order_no, refund_no, self._credentials, clock.now())
            return self._puller.detail_body(self._send(call)) if call else None

        return self._try(ask)

    def _page(self, window: Window, page: str) -> Page:
        def ask() -> Page:
            return self._puller.list_page(
                self._send(self._puller.list_call(window, page, self._credentials, clock.now()))
            )

        found = self._try(ask)
        self._hold = found.wait
        return found

    def _try(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask, and again after a pause when that may help."""
        for attempt in range(1, TRIES):
            try:
                return ask()
            except PullRefused as exc:
                pause = exc.wait if exc.wait is not None else 0.2 * 2**attempt
                if not exc.retry or pause > PATIENCE:
                    raise
                self._hold = pause
        return ask()

    def _send(self, call: Call) -> Reply:
        time.sleep(self._hold)
        self._hold = 0.0
        self._before_call()
        try:
            reply = send(self._base_url, call, self._session)
        except NoReply as exc:
            raise PullRefused(str(exc), code="no_answer", retry=True) from exc
        self._listen(reply)
        return reply

    def _listen(self, reply: Reply) -> None:
        """Note the platform's clock; its `Date` is whole seconds, cut off."""
        try:
            self.skew = parsedate_to_datetime(reply.headers.get("date", "")) - clock.now()
        except (ValueError, TypeError):  # no date, or one without a zone
            return
