"""Reading a WooCommerce shop's orders: `GET orders?modified_after&page`, totals in the headers. Rows come in the order
of their ids, which no change moves; carts and the bin are left out."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from integrations.channels.adapter import Credentials
from integrations.channels.fields import mapping, text
from integrations.channels.pulling import Listed, Page, Puller, PullRefused, Window, answered, document, slices
from integrations.channels.signatures import digest_key
from integrations.http import Call, Reply

PATH = "/wp-json/wc/v3/orders"
PAGE_SIZE = 100
_STATES = "pending,processing,on-hold,completed,cancelled,refunded,failed"
_SECOND = timedelta(seconds=1)


def list_call(window: Window, page: str, credentials: Credentials, now: datetime) -> Call:
    after, before = ("after", "before") if window.created else ("modified_after", "modified_before")
    query = {
        after: _gmt(window.start - _SECOND),  # WordPress leaves both ends out
        before: _gmt(window.end + _SECOND),
        "dates_are_gmt": "true",
        "status": _STATES,
        "orderby": "id",
        "order": "asc",
        "page": page or "1",
        "per_page": str(PAGE_SIZE),
    }
    if window.brief:
        query["_fields"] = "id"
    return Call("GET", PATH, headers=_headers(credentials), query=query)


def list_page(reply: Reply) -> Page:
    total = reply.headers.get("x-wp-total", "")
    if not isinstance(_said(reply), list) or not total.isdecimal():
        raise PullRefused("no list in the answer", code="bad_answer", retry=True)
    found = [Listed(text(row.get("id")), digest_key(raw), raw) for row, raw in slices(reply.body)]
    return Page(found, total=int(total))


def detail_call(order_no: str, refund_no: str, credentials: Credentials, now: datetime) -> Call | None:
    if refund_no:
        return None
    return Call("GET", f"{PATH}/{quote(order_no, safe='')}", headers=_headers(credentials))


def detail_body(reply: Reply) -> bytes:
    if not text(mapping(_said(reply)).get("id")):
        raise PullRefused("no order in the answer", code="bad_answer", retry=True)
    return reply.body


def _headers(credentials: Credentials) -> dict[str, str]:
    token = b64encode(f"{credentials.app_key}:{credentials.secret}".encode()).decode()
    return {"authorization": f"Basic {token}"}


def _said(reply: Reply) -> object:
    """The answer; refusals are `{"code","message"}` under a 4xx, whose code says more than the number."""
    if 400 <= reply.status < 500 and reply.status != 429:
        error = mapping(document(reply))
        raise PullRefused(text(error.get("message")), code=text(error.get("code")) or str(reply.status))
    answered(reply)
    return document(reply)


def _gmt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


PULLER = Puller(
    list_call, list_page, detail_call, detail_body, timedelta(days=7), PAGE_SIZE, {"topic": "order.updated"}
)
